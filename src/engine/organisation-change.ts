import type { Language, Period, Role } from '../define/index.js'

/** 工作日历: what the next version has otherwise than the newest. Hours, rest days and zone are replaced, days and announced years added. */
export interface CalendarChange {
  readonly zone?: string
  readonly periods?: readonly Period[]
  readonly restDays?: readonly number[]
  /** `periods`: a workday with hours of its own. */
  readonly days?: readonly { readonly day: string; readonly kind: 'REST' | 'WORK'; readonly periods?: readonly Period[] }[]
  readonly announcedYears?: readonly number[]
}
export type OrganisationChange = PeopleChange | ({ readonly action: 'SET_CALENDAR' } & CalendarChange) | ErasureChange
/** 法律保留 and 个人信息删除: what is kept for a dispute, and what a data subject has had forgotten. */
export type ErasureChange =
  | { readonly action: 'PLACE_HOLD'; readonly caseId: string; readonly reason: string }
  | { readonly action: 'LIFT_HOLD'; readonly holdId: string; readonly reason: string }
  | { readonly action: 'ERASE_CUSTOMER'; readonly customerId: string; readonly reason: string }
/** A change of who is there and may do what. Times are ISO 8601; an absent `validFrom` means now, an absent `validTo` no end. */
export type PeopleChange =
  | { readonly action: 'GRANT_ROLE'; readonly employeeId: string; readonly role: Role; readonly validFrom?: string; readonly validTo?: string }
  | { readonly action: 'REVOKE_ROLE'; readonly employeeId: string; readonly role: Role }
  | { readonly action: 'SET_ACTIVE'; readonly employeeId: string; readonly active: boolean }
  | {
      /** 代理: the proxy decides in the principal's place, for a time. */
      readonly action: 'GRANT_PROXY'
      readonly employeeId: string
      readonly proxyId: string
      /** Empty: every process. */
      readonly processes: readonly string[]
      /** CNY; null: the principal's own limits alone. */
      readonly amountCap: string | null
      readonly validFrom: string | null
      readonly validTo: string
      readonly reason: string
    }
  | { readonly action: 'REVOKE_PROXY'; readonly employeeId: string; readonly grantId: string }
  | {
      readonly action: 'SET_LIMIT'
      readonly process: string
      readonly role: Role
      /** Null: for everybody in the role. */
      readonly employeeId: string | null
      /** Null: no limit any more, so that nothing is within it. */
      readonly amount: string | null
      /** 累计限额: what a counterparty's period may come to; null: no bound. */
      readonly cumulative?: string | null
      readonly validFrom?: string
      readonly validTo?: string
    }
  | {
      /** 推送地址: a webhook, or the robot of a group. */
      readonly action: 'ADD_ENDPOINT'
      readonly kind: 'WEBHOOK' | 'DINGTALK' | 'WECOM' | 'FEISHU'
      readonly label: string
      readonly url: string
      readonly secret: string | null
      /** Empty: every process. */
      readonly processes: readonly string[]
    }
  | {
      /** What is left out stays as it is. */
      readonly action: 'CHANGE_ENDPOINT'
      readonly endpointId: string
      readonly label?: string | undefined
      readonly url?: string | undefined
      readonly secret?: string | null | undefined
      readonly processes?: readonly string[] | undefined
    }
  | { readonly action: 'SET_ENDPOINT_ACTIVE'; readonly endpointId: string; readonly active: boolean }
  | {
      /** 按需知密: somebody may read the sensitive personal values of one customer, or of one case; once another person has approved it. */
      readonly action: 'GRANT_SENSITIVE_ACCESS'
      readonly employeeId: string
      /** One of the two is null. */
      readonly customerId: string | null
      readonly caseId: string | null
      readonly purpose: string
      readonly validTo: string
    }
  | { readonly action: 'APPROVE_SENSITIVE_ACCESS' | 'REVOKE_SENSITIVE_ACCESS'; readonly grantId: string }
  /** A dead letter: sent again, or given up. */
  | { readonly action: 'RETRY_DELIVERY' | 'DROP_DELIVERY'; readonly deliveryId: string }

/** How somebody wants to be told. Times of day: `HH:MM` in Asia/Shanghai; quiet hours may cross midnight. */
export interface NoticePreferences {
  readonly channels: readonly ('EMAIL' | 'DINGTALK' | 'WECOM' | 'FEISHU')[]
  readonly language: Language
  readonly quietFrom: string | null
  readonly quietTo: string | null
  /** One message a day at this time; null: each at once. */
  readonly digestAt: string | null
}
