import { Ctx, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import type { EndpointRow } from '../persistence/endpoints.js'
import type { DeliveryRow } from '../persistence/queries/delivery-queries.js'
import { CaseType } from './case.type.js'
import { connectionType } from './connection.js'
import type { RequestContext } from './context.js'
import { EndpointType } from './endpoint.type.js'
import { EmployeeType, employeeOf } from './people.type.js'
import { DateTime } from './scalars.js'

export enum DeliveryStatus {
  PENDING = 'PENDING',
  DIGEST = 'DIGEST',
  SENT = 'SENT',
  DEAD = 'DEAD',
  DROPPED = 'DROPPED',
}
registerEnumType(DeliveryStatus, {
  name: 'DeliveryStatus',
  description: '待发、待汇总、已发、投递失败、不再发送 / Waiting, for the summary of the day, sent, given up, not to be sent',
})
export enum ChannelType {
  WEBHOOK = 'WEBHOOK',
  EMAIL = 'EMAIL',
  DINGTALK = 'DINGTALK',
  WECOM = 'WECOM',
  FEISHU = 'FEISHU',
}
registerEnumType(ChannelType, { name: 'Channel', description: '网络回调、邮件，或钉钉、企业微信、飞书群机器人 / How word leaves the house' })

@ObjectType('Delivery', { description: '一次投递：发给谁、进展如何；不含内容 / One message on its way: to whom, and how it stands; not what it says' })
export class DeliveryType {
  constructor(
    readonly row: DeliveryRow,
    readonly to: EndpointRow | null,
  ) {}
  @Field(() => ID, { description: '消息编号，重发时不变 / The id of the message, the same however often it is sent' }) get id(): string {
    return this.row.id
  }
  @Field(() => ChannelType) get channel(): string {
    return this.row.channel
  }
  @Field(() => DeliveryStatus) get status(): string {
    return this.row.status
  }
  @Field(() => EndpointType, { nullable: true }) get endpoint(): EndpointType | null {
    return this.to && new EndpointType(this.to)
  }
  @Field(() => EmployeeType, { nullable: true }) employee(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.employeeId)
  }
  @Field(() => CaseType, { nullable: true, description: '所涉案件，仅当您有权查看 / The case, where you may see it' }) async case(
    @Ctx() { loaders }: RequestContext,
  ): Promise<CaseType | null> {
    const row = this.row.caseId ? await loaders.case.load(this.row.caseId) : null
    return row && CaseType.of(row)
  }
  @Field(() => Int) get attempts(): number {
    return this.row.attempts
  }
  @Field(() => String, { nullable: true, description: '最近一次未成功的原因 / Why the last attempt failed' }) get lastError(): string | null {
    return this.row.lastError
  }
  @Field(() => DateTime, { description: '此前不发送 / Not sent before' }) get notBefore(): Date {
    return this.row.notBefore
  }
  @Field(() => DateTime) get createdAt(): Date {
    return this.row.createdAt
  }
  @Field(() => DateTime, { nullable: true }) get settledAt(): Date | null {
    return this.row.settledAt
  }
}
export const DeliveryConnection = connectionType('Delivery', () => DeliveryType)
