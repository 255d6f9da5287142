/** Moves the user and password of an address into a header, since `fetch` refuses them in the address. */
export function withoutCredentials(url: URL): { address: URL; headers: Record<string, string> } {
  const address = new URL(url.href)
  const credentials = [address.username, address.password].map(decoded).join(':')
  address.username = address.password = ''
  if (credentials === ':') return { address, headers: {} }
  return { address, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
