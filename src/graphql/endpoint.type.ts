import { Ctx, Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import type { EndpointRow } from '../persistence/endpoints.js'
import { connectionType } from './connection.js'
import type { RequestContext } from './context.js'
import { ProcessType } from './process.type.js'
import { DateTime } from './scalars.js'

export enum EndpointKindType {
  WEBHOOK = 'WEBHOOK',
  DINGTALK = 'DINGTALK',
  WECOM = 'WECOM',
  FEISHU = 'FEISHU',
}
registerEnumType(EndpointKindType, { name: 'EndpointKind', description: '网络回调，或钉钉、企业微信、飞书的群机器人 / A webhook, or the robot of a group' })

@ObjectType('Endpoint', { description: '推送地址；密钥从不返回 / Where word goes; its secret is never shown' })
export class EndpointType {
  constructor(readonly row: EndpointRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => EndpointKindType) get kind(): string {
    return this.row.kind
  }
  @Field(() => String) get label(): string {
    return this.row.label
  }
  @Field(() => String, {
    description: '地址，不含查询参数；群机器人仅显示主机，其余部分等同密码 / The address without its query; of a robot only the host, the rest is a password',
  })
  get url(): string {
    const { origin, pathname } = new URL(this.row.url)
    return this.row.kind === 'WEBHOOK' ? `${origin}${pathname}` : `${origin}/…`
  }
  @Field(() => Boolean, { description: '已设置密钥 / Whether it has a secret' }) get hasSecret(): boolean {
    return this.row.hasSecret
  }
  @Field(() => [ProcessType], { description: '适用流程，空表示全部 / The processes; none named means all' }) processes(
    @Ctx() { processes }: RequestContext,
  ): ProcessType[] {
    return this.row.processes.flatMap((id) => {
      const loaded = processes.current.get(id)
      return loaded ? [new ProcessType(loaded)] : []
    })
  }
  @Field(() => Boolean) get active(): boolean {
    return this.row.active
  }
  @Field(() => DateTime) get createdAt(): Date {
    return this.row.createdAt
  }
}
export const EndpointConnection = connectionType('Endpoint', () => EndpointType)
