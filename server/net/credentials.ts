/** An address without the name and password in it, which fetch does not take, and the header that says the same. */
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
