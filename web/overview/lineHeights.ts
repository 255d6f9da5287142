const narrow = matchMedia('(max-width: 720px)')

/** The heights of lines in pixels, as the stylesheets set them. */
export const lineHeights = () => (narrow.matches ? { heading: 44, service: 104 } : { heading: 44, service: 46 })
