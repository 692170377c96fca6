import type { Label } from './label.js'

/**
 * Every expected failure, by its code: the one table that the API publishes (README, error table).
 * A code is never translated; its text is.
 */
export const refusals = {
  UNAUTHENTICATED: ['请先登录', 'Sign in first'],
  CREDENTIALS_INVALID: ['账号或密码不正确', 'The login or the password is wrong'],
  NOT_FOUND: ['不存在，或您无权查看', 'It does not exist, or you may not see it'],
  NOT_AUTHORISED: ['您没有执行此操作的角色', 'You do not hold a role that may do this'],
  SOD_CONFLICT: ['职责分离：同一人不得执行', 'Separation of duties: it must be another person'],
  SEAT_REQUIRED: ['请指明会签席位', 'Name the countersigning seat'],
  SEAT_TAKEN: ['该席位已签署或无需签署', 'The seat has signed already or need not sign'],
  LIMIT_EXCEEDED: ['超出您的审批权限', 'It is above your authority limit'],
  ACTION_UNAVAILABLE: ['当前状态不允许此操作', 'The present state does not allow this act'],
  CONDITION_UNMET: ['不满足前提条件', 'A condition is not met'],
  PROCESS_UNAVAILABLE: ['所关联的流程尚未启用', 'The linked process is not available yet'],
  CLAIM_CONFLICT: ['任务已被他人签收', 'Somebody else has claimed the task'],
  CASE_STALE: ['案件已被他人更新，请刷新', 'The case has moved on; read it again'],
  FORM_INVALID: ['表单填写有误', 'The form is not filled in correctly'],
  INPUT_INVALID: ['输入有误', 'An input value is not valid'],
  IDEMPOTENCY_KEY_REUSED: ['幂等键已用于另一请求', 'The idempotency key was used for another request'],
  RATE_LIMITED: ['请求过于频繁，请稍后再试', 'Too many requests; try again later'],
  BUSY: ['系统繁忙，请稍后重试', 'The system is busy; try again'],
} as const satisfies Record<string, Label>

export type RefusalCode = keyof typeof refusals

/** One reason why an act is refused. `message` says what exactly, in both languages. */
export interface Reason {
  readonly code: RefusalCode
  readonly message: Label
}

/** One field of a form that is not right. `path` as in `budget[0].amount`; `code` as in `REQUIRED`. */
export interface FieldError {
  readonly path: string
  readonly code: string
  readonly message: Label
}

export const reason = (code: RefusalCode, detail?: Label): Reason => {
  const [zh, en] = refusals[code]
  return { code, message: detail ? [`${zh}：${detail[0]}`, `${en}: ${detail[1]}`] : [zh, en] }
}
