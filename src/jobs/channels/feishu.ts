import { createHmac } from 'node:crypto'
import { type Codes, judgedBy, shortened } from './robot.js'
import type { SendTo } from './safe-call.js'

/** open.larkoffice.com/document/ukTMukTMukTM/ucTM5YjL3ETO24yNxkjN.md: 发送消息时，请求体的数据大小不能超过 20 KB. */
const bodyBytesMax = 20_000

/**
 * The same page: 100 次/分钟，5 次/秒, and 11232 when the system is busy; 19021: the signature does not match or its time is more than an hour off;
 * 19022: the address is not on the robot's list; 19024: a keyword is missing; 19001, 19002: the robot or the body is wrong; 19036: too long.
 * 9499 stands for both a bad request and too many of them, so it is tried again.
 */
const codes: Codes = {
  code: 'code',
  words: 'msg',
  refused: [19001, 19002, 19021, 19022, 19024, 19036],
  limited: {},
}

/** A Feishu group. A custom robot cannot call members by their mobiles, so nobody is. */
export const feishu: SendTo = (post, endpoint, message) => {
  const signature = signatureOf(endpoint.secret)
  const bodyOf = (text: string) => JSON.stringify({ ...signature, msg_type: 'text', content: { text } })
  // The robot reads <at user_id="all"> in a text as a call to everybody.
  const plain = { ...message, text: message.text.replaceAll('<at', '＜at'), subject: message.subject.replaceAll('<at', '＜at') }
  const body = bodyOf(shortened(plain, (text) => Buffer.byteLength(bodyOf(text)) <= bodyBytesMax))
  return post({ url: endpoint.url, body }, judgedBy(codes, endpoint))
}

/** 签名校验: timestamp + "\n" + 密钥 is the key of an HmacSHA256 over nothing, in Base64; the timestamp in seconds. */
function signatureOf(secret: string | null): { timestamp?: string; sign?: string } {
  if (secret === null) return {}
  const timestamp = String(Math.floor(Date.now() / 1000))
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64') }
}
