import { Ctx, Field, ObjectType } from 'type-graphql'
import type { FormClass } from '../define/index.js'
import { asText, changesIn, type FieldChange } from '../engine/content.js'
import type { FormVersion } from '../persistence/form-versions.js'
import { type RequestContext, read } from './context.js'
import { shownTo } from './plain-reading.js'

@ObjectType('FieldChange', { description: '一项差异 / One field that is not what it was' })
export class FieldChangeType {
  constructor(
    readonly change: FieldChange,
    readonly versions: { readonly before: FormVersion; readonly after: FormVersion },
  ) {}
  @Field(() => String, { description: '字段；明细行按位置，如 budget[0].amount / The field; a row by its place, as budget[0].amount' }) get path(): string {
    return this.change.path
  }
  @Field(() => String) label(@Ctx() context: RequestContext): string {
    return read(context, this.change.label)
  }
  @Field(() => String, { nullable: true, description: '原值（按级别掩码），空表示没有 / The value as you may see it; null: there was none' })
  before(@Ctx() context: RequestContext): Promise<string | null> {
    return this.#shown(context, 'before')
  }
  @Field(() => String, { nullable: true, description: '新值（按级别掩码） / The value since, as you may see it' })
  after(@Ctx() context: RequestContext): Promise<string | null> {
    return this.#shown(context, 'after')
  }
  async #shown(context: RequestContext, when: 'before' | 'after'): Promise<string | null> {
    const { field, path } = this.change
    const placed = { paper: this.versions[when], path: path.slice(0, path.length - field.name.length) }
    return asText(await shownTo(context, placed, field, this.change[when]))
  }
}

/** How one version of a form differs from another. */
export const fieldChanges = (cls: FormClass, before: FormVersion, after: FormVersion): FieldChangeType[] =>
  changesIn(cls, before.values, after.values).map((change) => new FieldChangeType(change, { before, after }))
