/** After so many refusals a message lets others pass. */
export const PASSED_AFTER = 3
/** So many attempts whose message the receiver may have seen are made at most. */
export const MOST_COPIES = 6
