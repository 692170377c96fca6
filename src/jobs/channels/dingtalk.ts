import { createHmac } from 'node:crypto'
import { type Codes, judgedBy, shortened } from './robot.js'
import type { SendTo } from './safe-call.js'

/** “message too long, exceed 20000 bytes” (460101): of the whole body. */
const bodyBytesMax = 20_000

/**
 * open.dingtalk.com/document/robots/custom-robot-access: 每个机器人每分钟最多发送20条，超过限流10分钟 (130101, 410100); 310000: the message failed the robot's
 * security settings (signature, keyword or address); 40035, 400xxx: the call, the token or the robot is wrong; 4301xx: what it says is not allowed.
 */
const codes: Codes = {
  code: 'errcode',
  words: 'errmsg',
  refused: [310000, 40035, 400013, 400101, 400102, 400105, 400106, 430101, 430102, 430103, 430104, 460101],
  limited: { 130101: 600_000, 410100: 600_000 },
}

/** A DingTalk group. Only the members whose mobiles stand in the text too are called (在content里添加@人的手机号); others' numbers are masked by DingTalk. */
export const dingTalk: SendTo = (post, endpoint, message) => {
  const calls = message.mobiles.map((mobile) => `\n@${mobile}`).join('')
  const bodyOf = (text: string) => JSON.stringify({ msgtype: 'text', text: { content: text + calls }, at: { atMobiles: message.mobiles, isAtAll: false } })
  const body = bodyOf(shortened(message, (text) => Buffer.byteLength(bodyOf(text)) <= bodyBytesMax))
  return post({ url: signed(endpoint.url, endpoint.secret), body }, judgedBy(codes, endpoint))
}

/** 加签: 把 timestamp+"\n"+密钥 当做签名字符串，HmacSHA256，Base64，urlEncode; the timestamp is that of the sending, in ms, good for an hour. */
function signed(url: string, secret: string | null): string {
  if (secret === null || !URL.canParse(url)) return url
  const address = new URL(url)
  const timestamp = String(Date.now())
  address.searchParams.set('timestamp', timestamp)
  address.searchParams.set('sign', createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'))
  return address.href
}
