/** Of the package, as it was when the page was built. */
declare const VERSION: string
