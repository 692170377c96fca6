import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Label } from '../../define/index.js'
import type { ChannelsConfig } from './channel.js'

type Allowed = Pick<ChannelsConfig, 'allowedHosts' | 'allowPrivate'>

/**
 * Why an endpoint's address cannot be used; null when it can. Used when an administrator registers one and again before each call.
 * What its name stands for is checked when the connection is made, since a name may stand for another address by then.
 */
export function addressFault(url: string, { allowedHosts, allowPrivate }: Allowed): Label | null {
  if (!URL.canParse(url)) return ['地址无法识别', 'The address cannot be read']
  const address = new URL(url)
  if (address.protocol !== 'https:' && !(allowPrivate && address.protocol === 'http:')) return ['仅支持 https 地址', 'Only https addresses can be used']
  if (address.username || address.password) return ['地址中不得包含用户名或密码', 'The address may not hold a user name or a password']
  if (!allowedHosts.some((entry) => covers(entry, address, allowPrivate)))
    return ['该主机或端口不在允许名单内', 'The host or its port is not on the list of those allowed']
  const literal = address.hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) && !allowPrivate && !isPublic(literal)) return ['不允许使用内网或保留地址', 'Private and reserved addresses cannot be used']
  return null
}

/** Both sides as a URL writes them, in ASCII: the look-alike of an allowed name in another script is another name (`xn--…`). */
function covers(entry: string, { hostname, port }: URL, anyPort: boolean): boolean {
  const below = entry.startsWith('*.')
  const text = `https://${below ? entry.slice(2) : entry}`
  if (!URL.canParse(text)) return false
  const allowed = new URL(text)
  const named = below ? hostname.endsWith(`.${allowed.hostname}`) : hostname === allowed.hostname
  return named && (port === allowed.port || (anyPort && allowed.port === ''))
}

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Does the address belong to the public internet? Not so: private, loopback, link-local, shared by a carrier (100.64.0.0/10), multicast, reserved,
 * unique-local, and IPv6 addresses that carry an IPv4 address within.
 */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.parse(address)
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(globalUnicast))
}
