import { Ctx, Field, Int, ObjectType } from 'type-graphql'
import { fillIn, reason } from '../define/index.js'
import { drawnBy } from '../engine/commitment.js'
import { idsNamedIn } from '../engine/forms-handed-in.js'
import { type PreviewStep, preview } from '../engine/preview.js'
import type { LoadedProcess } from '../engine/processes.js'
import { refuseForm } from '../engine/refused.js'
import { limitsOfRoles } from '../persistence/actors.js'
import { personsOf } from '../persistence/case-rows.js'
import { committedBefore } from '../persistence/commitments.js'
import { ReasonType, reasonType } from './available-action.type.js'
import { type RequestContext, read, viewerOf } from './context.js'
import { staffingBy } from './loaders.js'
import { RoleType } from './people.type.js'
import { Money } from './scalars.js'

@ObjectType('PreviewStep', { description: '预览的一步 / One state that the case would pass' })
export class PreviewStepType {
  constructor(
    readonly step: PreviewStep,
    readonly loaded: LoadedProcess,
  ) {}
  @Field(() => String) get state(): string {
    return this.step.state
  }
  @Field(() => String) label(@Ctx() context: RequestContext): string {
    return read(context, this.loaded.definition.states[this.step.state]!.label)
  }
  @Field(() => String, { nullable: true }) get seat(): string | null {
    return this.step.seat
  }
  @Field(() => [RoleType], { description: '由谁办理 / Who decides' }) get roles(): RoleType[] {
    return this.step.roles.map((role) => new RoleType(role))
  }
  @Field(() => Int, { description: '可办理的人数，回避者除外 / How many may do it, those whom separation of duties shuts out left out' })
  get eligible(): number {
    return this.step.eligible
  }
  @Field(() => Int) get members(): number {
    return this.step.members
  }
  @Field(() => RoleType, { nullable: true, description: '无人可办时由上级办理 / Who steps in from above where nobody may' }) get steppingIn(): RoleType | null {
    return this.step.steppingIn && new RoleType(this.step.steppingIn)
  }
  @Field(() => RoleType, { nullable: true, description: '以谁的权限衡量金额 / Whose limit the amount is held against' }) get limitRole(): RoleType | null {
    return this.step.limit && new RoleType(this.step.limit.role)
  }
  @Field(() => Money, { nullable: true }) get limit(): string | null {
    return this.step.limit?.amount ?? null
  }
  @Field(() => Boolean, { nullable: true }) get withinLimit(): boolean | null {
    return this.step.limit?.within ?? null
  }
  @Field(() => ReasonType, { nullable: true, description: '无人可办的原因 / Why nobody could do it' }) problem(
    @Ctx() context: RequestContext,
  ): ReasonType | null {
    return this.step.problem && reasonType(context, reason(this.step.problem))
  }
}

@ObjectType('Preview', { description: '预览 / The way of a case that is not opened yet, when everybody agrees' })
export class PreviewType {
  @Field(() => [PreviewStepType]) steps!: PreviewStepType[]
  @Field(() => Boolean, { description: '每一步都有人可办 / Somebody can decide every step' }) passable!: boolean
}

/** Who would have to decide, if the viewer handed in this form. Writes nothing. Throws `FORM_INVALID`. */
export async function previewOf(context: RequestContext, loaded: LoadedProcess, input: unknown): Promise<PreviewType> {
  const { definition } = loaded
  const filled = fillIn(definition.forms[definition.startsWith], input)
  if ('errors' in filled) throw refuseForm(filled.errors)
  const data = { [definition.startsWith]: filled.values }
  const drawn = drawnBy(loaded, data)
  const steps = await preview(loaded, viewerOf(context), filled.values, await committedBefore(context.pool, null, drawn), {
    staff: staffingBy(context.loaders),
    limits: await limitsOfRoles(context.pool, definition.id),
    personOf: await personsOf(context.pool, idsNamedIn(data)),
  })
  return { steps: steps.map((step) => new PreviewStepType(step, loaded)), passable: steps.every(({ problem }) => problem === null) }
}
