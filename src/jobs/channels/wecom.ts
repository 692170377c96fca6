import { type Codes, judgedBy, shortened } from './robot.js'
import type { SendTo } from './safe-call.js'

/** work.weixin.qq.com/api/doc/90000/90136/91770: content 文本内容，最长不超过2048个字节，必须是utf8编码. */
const contentBytesMax = 2048

/** The same page: 每个机器人发送的消息不能超过20条/分钟 (45009). 93000: no such robot; the others: the message itself is wrong. */
const codes: Codes = {
  code: 'errcode',
  words: 'errmsg',
  refused: [93000, 40008, 40058, 44004, 45002],
  limited: { 45009: 60_000 },
}

/** A WeCom group. Its key stands in the address; nothing is signed. */
export const weCom: SendTo = (post, endpoint, message) => {
  // The robot reads <@userid> in a text as a call to somebody; only `mobiles` may call.
  const plain = { ...message, text: message.text.replaceAll('<@', '＜@'), subject: message.subject.replaceAll('<@', '＜@') }
  const content = shortened(plain, (text) => Buffer.byteLength(text) <= contentBytesMax)
  const body = JSON.stringify({ msgtype: 'text', text: { content, mentioned_mobile_list: message.mobiles } })
  return post({ url: endpoint.url, body }, judgedBy(codes, endpoint))
}
