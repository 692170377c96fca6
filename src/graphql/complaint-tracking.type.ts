import { Ctx, Field, Float, ObjectType, registerEnumType } from 'type-graphql'
import { type FieldSpec, rowFieldsOf } from '../define/index.js'
import { type Reminder, type StationTime, stationIds, stations, type TrackingRow } from '../persistence/queries/complaint-tracking.js'
import { CaseType } from './case.type.js'
import { Day, dispositionLabel, OfComplaint, Text } from './complaint-line.js'
import { connectionType } from './connection.js'
import { type RequestContext, read } from './context.js'
import { CustomerType, customerOf, DepartmentType, departmentOf } from './people.type.js'
import { readInPlain, shownTo } from './plain-reading.js'
import { DateTime, DecimalText, LocalDate, Money } from './scalars.js'

const ComplaintStation = Object.fromEntries(stationIds.map((id) => [id, id]))
registerEnumType(ComplaintStation, { name: 'ComplaintStation', description: '处理时效的各站 / The stations whose time the tracking sheet shows' })

@ObjectType('ComplaintStationTime', { description: '一站的处理时效 / The time at one station, over all rounds; it runs on while the case stands there' })
export class ComplaintStationTimeType {
  constructor(readonly time: StationTime) {}
  @Field(() => ComplaintStation) get station(): string {
    return this.time.station
  }
  @Field(() => String) label(@Ctx() context: RequestContext): string {
    return read(context, stations[this.time.station].label)
  }
  @Field(() => DateTime, { nullable: true, description: '首次到达 / First reached' }) get reachedAt(): Date | null {
    return this.time.reachedAt
  }
  @Field(() => DecimalText, { description: '天，两位小数 / Days, two decimals' }) get days(): string {
    return this.time.days
  }
  @Field(() => Float, { description: '毫秒 / Milliseconds' }) get ms(): number {
    return this.time.ms
  }
}
@ObjectType('ComplaintLiabilityRatio', { description: '责任归属 / A department and its share, per cent' })
export class ComplaintLiabilityRatioType {
  constructor(readonly share: TrackingRow['shares'][number]) {}
  @Field(() => DepartmentType, { nullable: true }) department(@Ctx() { loaders }: RequestContext): Promise<DepartmentType | null> {
    return departmentOf(loaders, this.share.department)
  }
  @Field(() => DecimalText) get ratio(): string {
    return this.share.ratio
  }
}
@ObjectType('ComplaintReminderLine', { description: '督促记录 / A reminder, by a person or by the clock' })
export class ComplaintReminderLineType {
  constructor(readonly reminder: Reminder) {}
  @Field(() => LocalDate) get remindedOn(): string {
    return this.reminder.remindedOn
  }
  @Field(() => String) get docNo(): string {
    return this.reminder.docNo
  }
  @Field(() => DepartmentType, { nullable: true }) addressee(@Ctx() { loaders }: RequestContext): Promise<DepartmentType | null> {
    return departmentOf(loaders, this.reminder.addresseeId)
  }
  @Field(() => Boolean) get byClock(): boolean {
    return this.reminder.byClock
  }
}

@ObjectType('ComplaintTrackingRow', { description: '客户投诉案件追踪表的一行 / A line of the complaint tracking sheet (form 6.12)' })
export class ComplaintTrackingRowType extends OfComplaint {
  @Field(() => CaseType, { nullable: true }) case(@Ctx() context: RequestContext) {
    return this.caseOf(context)
  }
  @Day() get acceptedOn(): string | null {
    return this.row.acceptedOn
  }
  @Text() get docNo(): string | null {
    return this.row.docNo
  }
  @Field(() => CustomerType, { nullable: true }) customer(@Ctx() { loaders }: RequestContext): Promise<CustomerType | null> {
    return customerOf(loaders, this.row.customerId)
  }
  @Text() get deliveryNoteNo(): string | null {
    return this.row.deliveryNoteNo
  }
  @Text() get productSpec(): string | null {
    return this.row.productSpec
  }
  @Day() get shippedOn(): string | null {
    return this.row.shippedOn
  }
  @Field(() => DecimalText, { nullable: true }) get quantity(): string | null {
    return this.row.quantity
  }
  @Field(() => Money, { nullable: true }) get amount(): string | null {
    return this.row.amount
  }
  @Field(() => DecimalText, { nullable: true }) get defectiveQuantity(): string | null {
    return this.row.defectiveQuantity
  }
  @Text() get content(): string | null {
    return this.row.content
  }
  @Field(() => DepartmentType, { nullable: true }) manufacturingDept(@Ctx() { loaders }: RequestContext): Promise<DepartmentType | null> {
    return departmentOf(loaders, this.row.manufacturingDeptId)
  }
  @Text() get disposition(): string | null {
    return this.row.disposition
  }
  @Text() dispositionLabel(@Ctx() context: RequestContext): string | null {
    return dispositionLabel(context, this.row.disposition)
  }
  @Field(() => Money, { nullable: true }) get lossAmount(): string | null {
    return this.row.lossAmount
  }
  @Field(() => [ComplaintLiabilityRatioType]) get liabilities(): ComplaintLiabilityRatioType[] {
    return this.row.shares.map((share) => new ComplaintLiabilityRatioType(share))
  }
  @Text() personalPenaltyKind(@Ctx() context: RequestContext): Promise<unknown> {
    return this.#penalty(context, shownTo)
  }
  @Field(() => String, { nullable: true, description: '个人惩处类别，明文，读取留痕 / In plain; reading it goes on record' })
  personalPenaltyKindPlain(@Ctx() context: RequestContext): Promise<unknown> {
    return this.#penalty(context, async (...[, placed, spec, value]) => {
      await readInPlain(context, placed, spec, value, null)
      return value
    })
  }
  @Field(() => DateTime, { description: '处理时效—收件' }) get receivedAt(): Date {
    return this.row.receivedAt
  }
  @Field(() => DateTime, { nullable: true, description: '处理时效—质管部' }) get qaAt(): Date | null {
    return this.#reached('QUALITY')
  }
  @Field(() => DateTime, { nullable: true, description: '处理时效—会签部' }) get countersignAt(): Date | null {
    return this.#reached('COUNTERSIGN')
  }
  @Field(() => DateTime, { nullable: true, description: '处理时效—市场营销部' }) get marketingAt(): Date | null {
    return this.#reached('MARKETING')
  }
  @Field(() => DateTime, { nullable: true, description: '处理时效—结案' }) get closedAt(): Date | null {
    return this.row.endedAt
  }
  @Field(() => DecimalText, { description: '处理时效—合计，天 / Total, days' }) get totalDays(): string {
    return this.row.totalDays
  }
  @Field(() => Float, { description: '合计，毫秒 / Total, milliseconds' }) get totalMs(): number {
    return this.row.totalMs
  }
  @Field(() => [ComplaintStationTimeType]) get stations(): ComplaintStationTimeType[] {
    return this.row.stations.map((time) => new ComplaintStationTimeType(time))
  }
  @Field(() => [ComplaintReminderLineType]) get reminders(): ComplaintReminderLineType[] {
    return this.row.reminders.map((reminder) => new ComplaintReminderLineType(reminder))
  }
  @Text() get closingNo(): string | null {
    return this.row.closingNo
  }
  /** The tracking case's own form says of which level the field is. */
  async #penalty(context: RequestContext, read: typeof shownTo): Promise<unknown> {
    const { liability } = this.row
    const form = context.processes.current.get('complaint-case-tracking')?.definition.forms['liability']
    const spec = form && rowFieldsOf(form).find(({ name }: FieldSpec) => name === 'personalPenaltyKind')
    return liability && spec ? ((await read(context, { paper: liability, path: '' }, spec, liability.values[spec.name])) ?? null) : null
  }
  #reached(station: StationTime['station']): Date | null {
    return this.row.stations.find((time) => time.station === station)?.reachedAt ?? null
  }
}
export const ComplaintTrackingRowConnection = connectionType('ComplaintTrackingRow', () => ComplaintTrackingRowType)
