import { Arg, Ctx, Field, FieldResolver, Mutation, ObjectType, Resolver, Root, registerEnumType } from 'type-graphql'
import type { Language } from '../define/index.js'
import { noticePreferencesOf } from '../persistence/notice-preferences.js'
import { type RequestContext, viewerOf } from './context.js'
import { EmployeeType } from './people.type.js'

enum PersonalChannelType {
  EMAIL = 'EMAIL',
  DINGTALK = 'DINGTALK',
  WECOM = 'WECOM',
  FEISHU = 'FEISHU',
}
registerEnumType(PersonalChannelType, {
  name: 'PersonalChannel',
  description: '邮件，或在所在组织的群里被点名 / By mail, or called by name in a group of the organisation',
})
enum NoticeLanguage {
  zh_CN = 'zh-CN',
  en = 'en',
}
registerEnumType(NoticeLanguage, { name: 'NoticeLanguage', description: '通知的语言 / The language of notices' })

@ObjectType('NoticePreferences', { description: '通知偏好 / How somebody wants to be told' })
class NoticePreferencesType {
  @Field(() => [PersonalChannelType]) channels!: string[]
  @Field(() => NoticeLanguage) language!: string
  @Field(() => String, { nullable: true, description: '免打扰开始，HH:MM（Asia/Shanghai），可跨午夜 / Quiet hours begin; they may cross midnight' })
  quietFrom!: string | null
  @Field(() => String, { nullable: true }) quietTo!: string | null
  @Field(() => String, { nullable: true, description: '每日汇总时间，空表示即时 / When the summary of the day comes; null: each notice at once' })
  digestAt!: string | null
}

@Resolver(() => EmployeeType)
export class NoticePreferencesResolver {
  @FieldResolver(() => NoticePreferencesType, { nullable: true, description: '通知偏好，仅限本人 / How one wants to be told; one’s own only' })
  async noticePreferences(@Root() { row }: EmployeeType, @Ctx() context: RequestContext): Promise<NoticePreferencesType | null> {
    if (row.id !== viewerOf(context).employeeId) return null
    return { ...(await noticePreferencesOf(context.pool, row.id)) } as NoticePreferencesType
  }
  @Mutation(() => NoticePreferencesType, {
    description: '设置本人的通知偏好，整体替换；不入审计历史 / How one wants to be told, as a whole; a wish of one’s own that stands in no history',
  })
  async setNoticePreferences(
    @Ctx() context: RequestContext,
    @Arg('channels', () => [PersonalChannelType], { description: '空表示不通知 / None: not at all' }) channels: PersonalChannelType[],
    @Arg('language', () => NoticeLanguage) language: NoticeLanguage,
    @Arg('idempotencyKey', () => String) idempotencyKey: string,
    @Arg('quietFrom', () => String, { nullable: true }) quietFrom?: string,
    @Arg('quietTo', () => String, { nullable: true }) quietTo?: string,
    @Arg('digestAt', () => String, { nullable: true }) digestAt?: string,
  ): Promise<NoticePreferencesType> {
    const { employeeId: actorId } = viewerOf(context)
    const times = { quietFrom: quietFrom ?? null, quietTo: quietTo ?? null, digestAt: digestAt ?? null }
    const preferences = { channels, language: language as Language, ...times }
    const answer = await context.door.setNoticePreferences({ actorId, idempotencyKey, requestId: context.requestId, preferences })
    if (answer.replayed) context.markReplayed()
    return { ...(await noticePreferencesOf(context.pool, actorId)) } as NoticePreferencesType
  }
}
