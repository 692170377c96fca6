import type { Channels, ChannelsConfig, Endpoint } from './channel.js'
import { dingTalk } from './dingtalk.js'
import { feishu } from './feishu.js'
import { mailOf } from './mail.js'
import { postWith, type Resolve, type SendTo, systemResolve } from './safe-call.js'
import { webhook } from './webhook.js'
import { weCom } from './wecom.js'

const kinds: Readonly<Record<Endpoint['channel'], SendTo>> = { WEBHOOK: webhook, DINGTALK: dingTalk, WECOM: weCom, FEISHU: feishu }

/** The ways by which word leaves the house. `resolve`: names to addresses, the system's own unless told. */
export function channelsOf(config: ChannelsConfig, resolve: Resolve = systemResolve): Channels {
  const { post, close } = postWith(config, resolve)
  const mail = mailOf(config)
  return {
    send: (target, message) => (target.channel === 'EMAIL' ? mail.send(target.address, message) : kinds[target.channel](post, target, message)),
    async close() {
      close()
      mail.close()
    },
  }
}
