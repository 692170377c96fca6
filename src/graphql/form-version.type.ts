import { Ctx, createUnionType, Field, Int, ObjectType } from 'type-graphql'
import { specOf } from '../define/index.js'
import type { FormVersion } from '../persistence/form-versions.js'
import { type RequestContext, read } from './context.js'
import { FieldChangeType, fieldChanges } from './field-change.type.js'
import { EmployeeType, employeeOf } from './people.type.js'
import { DateTime } from './scalars.js'
import type { FilledForm } from './sensitive-fields.js'

/** Every form there is, as one union; its members are known once all processes are loaded. */
const members: (new (filled: FilledForm) => object)[] = []
const byForm = new Map<string, (typeof members)[number]>()
export function addToFormContent(formId: string, output: (typeof members)[number]): void {
  if (byForm.has(formId)) return
  byForm.set(formId, output)
  members.push(output)
}
const FormContent = createUnionType({ name: 'FormContent', description: '任一表单的内容 / The content of any form', types: () => members as never })

@ObjectType('FormVersion', { description: '表单版本，从不覆盖 / One version of a form; none is ever overwritten' })
export class FormVersionType {
  constructor(
    readonly row: FormVersion,
    readonly process: string,
    readonly definitionVersion: number,
  ) {}
  @Field(() => String, { description: '表单在流程中的键 / The key of the form in its process' }) get key(): string {
    return this.row.key
  }
  @Field(() => String, { description: '目录中的表单代码 / The id of the form in the catalogue' }) get form(): string {
    return this.row.form
  }
  @Field(() => String) label(@Ctx() context: RequestContext): string {
    const cls = context.processes.at(this.process, this.definitionVersion)?.definition.forms[this.row.key]
    return cls ? read(context, specOf(cls).label) : this.row.form
  }
  @Field(() => Int) get version(): number {
    return this.row.version
  }
  @Field(() => Int, { description: '提交它的历史序号 / The sequence of the entry that brought it' }) get sequence(): number {
    return this.row.sequence
  }
  @Field(() => FormContent) get content(): object {
    return new (byForm.get(this.row.form)!)({ values: this.row.values, paper: this.row, path: '' })
  }
  @Field(() => Boolean, { description: '个人信息已删除 / Its personal values were erased' }) get erased(): boolean {
    return this.row.erased
  }
  @Field(() => EmployeeType, { nullable: true }) submittedBy(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.submittedById)
  }
  @Field(() => DateTime) get submittedAt(): Date {
    return this.row.submittedAt
  }
  @Field(() => [FieldChangeType], {
    description: '与上一版本的逐项差异；首版为空 / Field by field, what is not as in the version before; of the first nothing',
  })
  async changes(@Ctx() { loaders, processes }: RequestContext): Promise<FieldChangeType[]> {
    const { caseId, key, version } = this.row
    const cls = processes.at(this.process, this.definitionVersion)?.definition.forms[key]
    const before = (await loaders.formVersions.load(caseId)).find((row) => row.key === key && row.version === version - 1)
    return cls && before ? fieldChanges(cls, before, this.row) : []
  }
  @Field(() => String, { description: '加盐内容摘要，见历史 / The salted digest that the history holds of it' }) get digest(): string {
    return this.row.digest
  }
}
