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
  NOT_ELIGIBLE: ['您已不再具备办理该任务的资格', 'You may no longer do this task'],
  PROXY_EXPIRED: ['代理授权不存在、已到期或已撤销', 'The proxy grant does not exist, has ended or was revoked'],
  SEAT_REQUIRED: ['请指明会签席位', 'Name the countersigning seat'],
  SEAT_TAKEN: ['该席位已签署或无需签署', 'The seat has signed already or need not sign'],
  LIMIT_EXCEEDED: ['超出您的审批权限', 'It is above your authority limit'],
  ACTION_UNAVAILABLE: ['当前状态不允许此操作', 'The present state does not allow this act'],
  CONDITION_UNMET: ['不满足前提条件', 'A condition is not met'],
  PROCESS_UNAVAILABLE: ['所关联的流程尚未启用', 'The linked process is not available yet'],
  RETURN_TARGET_UNREACHABLE: ['不能退回到该节点', 'The case cannot be returned to that state'],
  EFFECT_ALREADY_EXECUTED: ['已执行的外部事项不能通过退回撤销', 'What was already carried out cannot be returned away'],
  CONTENT_CHANGED: ['内容在您查看后已变更', 'The content has changed since you saw it'],
  TASK_SUSPENDED: ['任务等待加签、委派意见或补充信息', 'The task waits for a signer, an opinion or an answer'],
  TASK_EXPIRED: ['任务已超时，系统已处理', 'The time for the task was over, and the system has acted'],
  TASK_SUPERSEDED: ['任务已失效', 'The task was superseded'],
  BATCH_REFUSED: ['该操作不能批量办理', 'This act cannot be done in a batch'],
  REMINDER_LIMIT: ['催办过于频繁', 'Reminded too often'],
  ROLE_EMPTY: ['该角色暂无成员', 'Nobody holds the role'],
  CLAIM_CONFLICT: ['任务已被他人签收', 'Somebody else has claimed the task'],
  CASE_STALE: ['案件已被他人更新，请刷新', 'The case has moved on; read it again'],
  FORM_INVALID: ['表单填写有误', 'The form is not filled in correctly'],
  INPUT_INVALID: ['输入有误', 'An input value is not valid'],
  IDEMPOTENCY_KEY_REUSED: ['幂等键已用于另一请求', 'The idempotency key was used for another request'],
  CURSOR_EXPIRED: ['游标已过期，请重新查询', 'The cursor is older than what is kept; query again'],
  EXPORT_EXPIRED: ['导出已过期，请重新申请', 'The export has expired; ask for it again'],
  TOO_MANY_CONNECTIONS: ['连接或订阅过多', 'Too many connections or subscriptions'],
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
