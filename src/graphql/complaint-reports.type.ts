import { Ctx, Field, Int, ObjectType } from 'type-graphql'
import type { Label } from '../define/index.js'
import type { Group, Statistics, Summary } from '../persistence/queries/complaint-statistics.js'
import { CaseType } from './case.type.js'
import { Day, dispositionLabel, OfComplaint, Text } from './complaint-line.js'
import { connectionType } from './connection.js'
import { type RequestContext, read } from './context.js'
import { CustomerType, customerOf, DepartmentType, departmentOf, EmployeeType, employeeOf } from './people.type.js'
import { DateTime, DecimalText, Money } from './scalars.js'

const unknown: Label = ['未定', 'Not known yet']
@ObjectType('ComplaintGroup', { description: '一类投诉的件数与损失 / Complaints that have something in common: how many, and what they cost' })
export class ComplaintGroupType {
  constructor(
    readonly group: Group,
    readonly labelled: (context: RequestContext, value: string) => string | null | Promise<string | null>,
  ) {}
  @Field(() => String, { nullable: true, description: '代码、编号或名称；空表示未定 / Code, id or name; null: not known yet' }) get value(): string | null {
    return this.group.value
  }
  @Field(() => String) async label(@Ctx() context: RequestContext): Promise<string> {
    return this.group.value === null ? read(context, unknown) : ((await this.labelled(context, this.group.value)) ?? this.group.value)
  }
  @Field(() => Int, { description: '件数 / Count' }) get count(): number {
    return this.group.count
  }
  @Field(() => Money, { description: '损失 / Loss, CNY' }) get loss(): string {
    return this.group.loss
  }
}
const asWritten = (_: RequestContext, value: string) => value
const departmentName = async (context: RequestContext, id: string) => (await departmentOf(context.loaders, id))?.name(context) ?? null
const groups = (found: readonly Group[], labelled: ComplaintGroupType['labelled']) => found.map((group) => new ComplaintGroupType(group, labelled))

@ObjectType('ComplaintStatisticsReport', {
  description: '客户投诉统计表 / Complaint statistics (form 6.6): sums of a period; the rows are complaintStatisticsRows',
})
export class ComplaintStatisticsType {
  constructor(readonly statistics: Statistics) {}
  @Field(() => Int, { description: '件数 / Count' }) get count(): number {
    return this.statistics.count
  }
  @Field(() => Money, { description: '损失合计 / Total loss, CNY' }) get loss(): string {
    return this.statistics.loss
  }
  @Field(() => [ComplaintGroupType], { description: '按投诉种类 / By kind' }) get byKind(): ComplaintGroupType[] {
    return groups(this.statistics.kind, asWritten)
  }
  @Field(() => [ComplaintGroupType], { description: '按责任部门 / By responsible department' }) get byDepartment(): ComplaintGroupType[] {
    return groups(this.statistics.department, departmentName)
  }
  @Field(() => [ComplaintGroupType], { description: '按处理方式 / By disposition' }) get byDisposition(): ComplaintGroupType[] {
    return groups(this.statistics.disposition, dispositionLabel)
  }
  @Field(() => [ComplaintGroupType], { description: '按商品 / By product' }) get byProduct(): ComplaintGroupType[] {
    return groups(this.statistics.product, asWritten)
  }
}

@ObjectType('ComplaintStatisticsRow', { description: '客户投诉统计表的一行 / A row of the complaint statistics (form 6.6)' })
export class ComplaintStatisticsRowType extends OfComplaint {
  @Field(() => CaseType, { nullable: true, description: '您无权查看时为空 / Null where you may not see it' }) case(@Ctx() context: RequestContext) {
    return this.caseOf(context)
  }
  @Day() get date(): string | null {
    return this.row.acceptedOn
  }
  @Field(() => String, { description: '编号 / No.' }) get no(): string {
    return this.row.number
  }
  @Text() get complaintKind(): string | null {
    return this.row.complaintKind
  }
  @Field(() => CustomerType, { nullable: true }) customer(@Ctx() { loaders }: RequestContext): Promise<CustomerType | null> {
    return customerOf(loaders, this.row.customerId)
  }
  @Text() get goods(): string | null {
    return this.row.product
  }
  @Day() get purchasedOn(): string | null {
    return this.row.purchasedOn
  }
  @Text() get content(): string | null {
    return this.row.content
  }
  @Field(() => DepartmentType, { nullable: true }) responsibleDepartment(@Ctx() { loaders }: RequestContext): Promise<DepartmentType | null> {
    return departmentOf(loaders, this.row.manufacturingDeptId)
  }
  @Text() get disposition(): string | null {
    return this.row.disposition
  }
  @Text() dispositionLabel(@Ctx() context: RequestContext): string | null {
    return dispositionLabel(context, this.row.disposition)
  }
  @Field(() => Money, { nullable: true }) get loss(): string | null {
    return this.row.lossAmount
  }
}
export const ComplaintStatisticsRowConnection = connectionType('ComplaintStatisticsRow', () => ComplaintStatisticsRowType)

@ObjectType('ComplaintAnalysisHead', { description: '客户投诉分析表的表头，由投诉带入 / The head of the analysis sheet (form 6.7), copied from the complaint' })
export class ComplaintAnalysisHeadType extends OfComplaint {
  @Field(() => CaseType, { nullable: true }) complaint(@Ctx() context: RequestContext) {
    return this.caseOf(context)
  }
  @Field(() => CustomerType, { nullable: true }) customer(@Ctx() { loaders }: RequestContext): Promise<CustomerType | null> {
    return customerOf(loaders, this.row.customerId)
  }
  @Day() get acceptedOn(): string | null {
    return this.row.acceptedOn
  }
  @Text() get complaintKind(): string | null {
    return this.row.complaintKind
  }
  @Day() get promisedDeadline(): string | null {
    return this.row.promisedDeadline
  }
  @Text() get reason(): string | null {
    return this.row.reason
  }
  @Text() get customerDemand(): string | null {
    return this.row.customerDemand
  }
}

@ObjectType('ComplaintSummaryFigures', { description: '客户投诉总结表的统计数据 / The computed figures of the complaint summary (form 6.13)' })
export class ComplaintSummaryType implements Summary {
  @Field(() => DateTime) computedAt!: string
  @Field(() => Int) days!: number
  @Field(() => Int, { description: '投诉次数 / Complaints received' }) complaintCount!: number
  @Field(() => DecimalText, { description: '每天投诉次数 / A day' }) complaintsPerDay!: string
  @Field(() => Int, { description: '已解决投诉次数 / Of these closed before the end of the period' }) solvedCount!: number
  @Field(() => DecimalText, { nullable: true, description: '解决比例 %；无投诉时为空 / Per cent; null without complaints' }) solvedRate!: string | null
  @Field(() => Int, { description: '涉及产品质量的次数 / About quality' }) qualityCount!: number
  @Field(() => Int, { description: '撤诉 / Withdrawn' }) withdrawnCount!: number
  @Field(() => Int, { description: '不予受理 / Not accepted' }) notAcceptedCount!: number
  @Field(() => Int, { description: '期内结案 / Closed in the period, whenever received' }) closedCount!: number
  @Field(() => Int, { description: '期末未结 / Open at the end of the period, whenever received' }) openCount!: number
  @Field(() => Money, { description: '损失合计 / Total loss, CNY' }) totalLoss!: string
}

@ObjectType('ComplaintDutyFigures', { description: '投诉受理检查：期内发生的件数 / What happened within the period to the complaints of one handler' })
export class ComplaintDutyType {
  readonly handlerId!: string
  @Field(() => EmployeeType, { nullable: true, description: '被检查专员 / The handler' }) handler(
    @Ctx() { loaders }: RequestContext,
  ): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.handlerId)
  }
  @Field(() => Int, { description: '受理 / Accepted' }) accepted!: number
  @Field(() => Int, { description: '超过承诺期限 / Past the promised deadline' }) overdue!: number
  @Field(() => Int, { description: '已解决 / Solved' }) solved!: number
  @Field(() => Int, { description: '重新处理 / Reopened' }) reopened!: number
  @Field(() => DecimalText, { nullable: true, description: '平均天数 / Mean days from reception to closing' }) meanDays!: string | null
}
