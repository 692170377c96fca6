import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { type AnyProcess, deadlinesIn, type Label, type RefusalCode, refusals } from '../define/index.js'
import type { RefusalFigures } from '../persistence/queries/insight-refusals.js'
import type { ReworkLoop } from '../persistence/queries/insight-rework.js'
import type { StateFigures } from '../persistence/queries/insight-states.js'
import type { TermFigures } from '../persistence/queries/insight-terms.js'
import type { Activity } from '../persistence/queries/insight-variants.js'
import { CaseOutcome, labelOfAction } from './case.type.js'
import { type RequestContext, read } from './context.js'
import { EmployeeType, RoleType } from './people.type.js'

@ObjectType('Durations', { description: '一组时长（秒） / How long something took, in seconds: percentiles, interpolated; null where nothing was measured' })
export class DurationsType {
  @Field(() => Int, { description: '样本数 / How many were measured' }) count!: number
  @Field(() => Float, { nullable: true }) medianSeconds!: number | null
  @Field(() => Float, { nullable: true }) p90Seconds!: number | null
}

@ObjectType('OutcomeFigures', { description: '一种办理结果 / The cases that ended in one way' })
class OutcomeFiguresType {
  @Field(() => CaseOutcome) outcome!: string
  @Field(() => Int) count!: number
  @Field(() => DurationsType) cycleTime!: DurationsType
}
@ObjectType('CaseFigures', { description: '案件数量与周期 / Cases of the period' })
export class CaseFiguresType {
  @Field(() => Int, { description: '期内发起 / Opened in the period' }) opened!: number
  @Field(() => Int, { description: '期内办结，不论何时发起 / Closed in the period, whenever opened' }) closed!: number
  @Field(() => Int, { description: '期末未结 / Open when the period ended, whenever opened' }) open!: number
  @Field(() => DurationsType, { description: '期内办结案件自发起至办结 / Of those closed in the period: from opening to end' }) cycleTime!: DurationsType
  @Field(() => [OutcomeFiguresType], { description: '期内办结案件按结果 / Those closed in the period, by how they ended' }) outcomes!: OutcomeFiguresType[]
}

@ObjectType('StateFigures', { description: '一个状态的停留与等待 / How long cases were in a state, and waited there' })
export class StateFiguresType {
  @Field(() => ID) state!: string
  @Field(() => String) label!: string
  @Field(() => Int, { description: '期内进入次数，含重新进入 / How often a case came there in the period, from another state or anew' }) visits!: number
  @Field(() => DurationsType, { description: '期内离开者自进入至离开 / Of the visits that ended in the period: from entering to leaving' })
  timeInState!: DurationsType
  @Field(() => DurationsType, {
    description:
      '期内由人员签收（未签收则办结）的任务自产生起的等待 / Of the tasks that a person took up in the period: from their opening until they were claimed, or done where nobody claimed them',
  })
  waitingTime!: DurationsType
}

@ObjectType('ReworkLoop', { description: '返工：使案件进入新一轮的操作 / An act that sent cases back for another round' })
export class ReworkLoopType {
  @Field(() => String) from!: string
  @Field(() => String) fromLabel!: string
  @Field(() => String) to!: string
  @Field(() => String) toLabel!: string
  @Field(() => String) action!: string
  @Field(() => String) actionLabel!: string
  @Field(() => Boolean, { description: '由系统执行 / Done by the clock or by word from another case' }) bySystem!: boolean
  @Field(() => Int, { description: '次数 / How often in the period' }) count!: number
  @Field(() => Int, { description: '涉及案件数 / How many cases it touched' }) cases!: number
}
@ObjectType('ReworkFigures', { description: '返工 / What was sent back for another round: returns, withdrawals, changes of what was approved' })
export class ReworkFiguresType {
  @Field(() => [ReworkLoopType], { description: '最多的在前 / Most frequent first' }) loops!: ReworkLoopType[]
  @Field(() => Int, { description: '期内办结 / Cases closed in the period' }) closed!: number
  @Field(() => Int, { description: '其中无返工 / Of these, those that ended in their first round' }) straight!: number
  @Field(() => Float, { nullable: true, description: '无返工的比例，0–1；无办结时为空 / Their share, 0 to 1; null where none was closed' }) straightShare!:
    | number
    | null
}

@ObjectType('RefusalFigures', { description: '一种拒绝原因 / Refusals of the period with one reason; a refusal counts once under each of its codes' })
export class RefusalFiguresType {
  @Field(() => ID) code!: string
  @Field(() => String) label!: string
  @Field(() => Int) count!: number
  @Field(() => Int, { description: '涉及人数 / How many people were refused so' }) people!: number
}

@ObjectType('TermFigures', { description: '一项期限的遵守情况 / How a term was kept, each time that it ran' })
export class TermFiguresType {
  @Field(() => String, { description: '到期事件（代码） / The event that the clock does' }) event!: string
  @Field(() => String) label!: string
  @Field(() => String, { nullable: true, description: '所在状态，空表示全案 / The state; null: the whole case' }) state!: string | null
  @Field(() => Boolean, { description: '周期性，每期各计一次 / Repeats: every period of it counts' }) repeats!: boolean
  @Field(() => Boolean, { description: '法定期限 / Set by law' }) statutory!: boolean
  @Field(() => Int, { description: '期内按时 / Done in the period, before the term was over' }) met!: number
  @Field(() => Int, { description: '期内到期未完成 / Over in the period with the work undone' }) missed!: number
  @Field(() => Int, { description: '期末仍在计时或暂停 / Still running, or standing still, when the period ended' }) running!: number
  @Field(() => Int, { description: '期内不再适用 / Came to nothing in the period: taken away, or nothing waited for it' }) lapsed!: number
  @Field(() => Float, { nullable: true, description: '按时比例 met/(met+missed)，0–1 / Share met, 0 to 1; null where there is neither' })
  metShare!: number | null
  @Field(() => DurationsType, { description: '逾期者自到期至完成 / Of those missed and done since, by the end of the period: how late' })
  lateness!: DurationsType
}

@ObjectType()
abstract class Decided {
  @Field(() => Int, { description: '期内办结任务数 / Tasks decided in the period' }) decided!: number
  @Field(() => DurationsType, { description: '自任务产生至办结 / From the opening of a task until it was done' }) decisionTime!: DurationsType
  @Field(() => DurationsType, { description: '自本人签收至办结，限签收后办结者 / From the claim until it was done, of those done by whoever had claimed them' })
  handlingTime!: DurationsType
}
@ObjectType('RoleWorkload', { description: '一个角色的工作量，仅计人员 / What people did in a role' })
export class RoleWorkloadType extends Decided {
  @Field(() => RoleType) role!: RoleType
  @Field(() => Int, { description: '当前待办；可由多个角色办理的各计一次 / Tasks open to the role now; one open to several counts under each' }) open!: number
}
@ObjectType('PersonWorkload', { description: '一名员工的工作量 / What one employee did' })
export class PersonWorkloadType extends Decided {
  @Field(() => EmployeeType) employee!: EmployeeType
  @Field(() => Int, { description: '当前已签收未办 / Tasks claimed and not done, now' }) claimed!: number
}
@ObjectType('PersonWorkloads', { description: '按员工的工作量 / Workload by employee' })
export class PersonWorkloadsType {
  @Field(() => Int, { description: '总人数 / How many employees there are' }) total!: number
  @Field(() => [PersonWorkloadType], { description: '办结最多的在前 / Those who decided most first' }) items!: PersonWorkloadType[]
}

@ObjectType('VariantActivity', { description: '路径中的一步 / One act on the way, with the state that it led to' })
class VariantActivityType {
  @Field(() => String) action!: string
  @Field(() => String) actionLabel!: string
  @Field(() => String) state!: string
  @Field(() => String) stateLabel!: string
}
@ObjectType('ProcessVariant', { description: '一条路径 / One way that cases have gone from opening to end' })
export class ProcessVariantType {
  @Field(() => [VariantActivityType]) activities!: VariantActivityType[]
  @Field(() => Int) count!: number
  @Field(() => Float, { description: '占期内办结案件的比例，0–1 / Share of the cases closed in the period, 0 to 1' }) share!: number
  @Field(() => Float, { description: '周期中位数（秒） / Median from opening to end, seconds' }) medianCycleSeconds!: number
}
@ObjectType('ProcessVariants', { description: '期内办结案件的路径 / The ways that the cases closed in the period have gone' })
export class ProcessVariantsType {
  @Field(() => Int, { description: '路径总数 / How many different ones there are' }) total!: number
  @Field(() => [ProcessVariantType], { description: '最多的在前 / Most frequent first' }) items!: ProcessVariantType[]
}

/** What the states, acts and terms of a process are called, in the asker's language: by its newest version that has them. */
export class Words {
  readonly #definitions: readonly AnyProcess[]
  constructor(
    readonly context: RequestContext,
    process: string,
  ) {
    this.#definitions = context.processes.versions.flatMap(({ definition }) => (definition.id === process ? [definition] : [])).reverse()
  }
  state(id: string): string {
    return this.#read(this.#definitions.map(({ states }) => states[id]?.label).find(Boolean) ?? [id, id])
  }
  action(id: string): string {
    return this.#read(this.#definitions.map((definition) => labelOfAction(definition, id)).find(([zh]) => zh !== id) ?? [id, id])
  }
  /** The states in the order of the process; those of older versions last. */
  inOrder(figures: readonly StateFigures[]): StateFiguresType[] {
    const order = [...new Set(this.#definitions.flatMap(({ states }) => Object.keys(states)))]
    return [...figures].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state)).map((row) => ({ ...row, label: this.state(row.state) }))
  }
  loop(row: ReworkLoop): ReworkLoopType {
    return { ...row, fromLabel: this.state(row.from), toLabel: this.state(row.to), actionLabel: this.action(row.action) }
  }
  refusal(row: RefusalFigures): RefusalFiguresType {
    return { ...row, label: this.#read(refusals[row.code as RefusalCode] ?? [row.code, row.code]) }
  }
  term({ place, event, ...figures }: TermFigures): TermFiguresType {
    const deadline = this.#definitions.map((definition) => deadlinesIn(definition, place)[event]).find(Boolean)
    const ended = figures.met + figures.missed
    return {
      ...figures,
      event,
      label: this.action(event),
      state: place || null,
      repeats: deadline?.repeats ?? false,
      statutory: deadline?.statutory ?? false,
      metShare: ended === 0 ? null : figures.met / ended,
    }
  }
  activity({ action, state }: Activity): VariantActivityType {
    return { action, actionLabel: this.action(action), state, stateLabel: this.state(state) }
  }
  #read(label: Label): string {
    return read(this.context, label)
  }
}
