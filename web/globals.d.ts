/** The version of the package from which the page was built. */
declare const VERSION: string
