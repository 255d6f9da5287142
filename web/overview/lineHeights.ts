const narrow = matchMedia('(max-width: 720px)')

/** In pixels, as overview.css draws them. */
export const lineHeights = () => (narrow.matches ? { heading: 44, service: 104 } : { heading: 44, service: 46 })
