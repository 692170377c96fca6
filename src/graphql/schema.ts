import 'reflect-metadata'
import { assertValidSchema, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { buildSchemaSync } from 'type-graphql'
import type { AnyProcess } from '../define/index.js'
import type { Processes } from '../engine/processes.js'
import { AdministrationResolver } from './administration.resolver.js'
import { AuditTrailResolver } from './audit-trail.resolver.js'
import { BatchResolver } from './batch.resolver.js'
import { BesideResolver } from './beside.resolver.js'
import { CalendarResolver } from './calendar.resolver.js'
import { ComplaintReportsResolver } from './complaint-reports.resolver.js'
import { DeliveryResolver } from './delivery.resolver.js'
import { EndpointResolver } from './endpoint.resolver.js'
import { ErasureResolver } from './erasure.resolver.js'
import { EventResolver } from './event.resolver.js'
import { ExportResolver } from './export.resolver.js'
import { LogResolver } from './log.resolver.js'
import { NodeResolver } from './node.resolver.js'
import { NoticePreferencesResolver } from './notice-preferences.resolver.js'
import { prepareTypes, processApi } from './process-api.js'
import { ProcessInsightResolver } from './process-insight.resolver.js'
import { ProxyResolver } from './proxy.resolver.js'
import { CaseResolver, PeopleResolver, ProcessCatalogueResolver, SessionResolver } from './resolvers.js'
import { SensitiveAccessResolver } from './sensitive-access.resolver.js'
import { TaskResolver } from './task.resolver.js'
import { VerificationResolver } from './verification.resolver.js'
import { CustomerWorkResolver, WorkResolver } from './work.resolver.js'

/** Decorated classes stay known to type-graphql for good: made again they would stand twice in the next schema. */
const apisMade = new Map<AnyProcess, ReturnType<typeof processApi>>()
function apiOf(definition: AnyProcess): ReturnType<typeof processApi> {
  const api = apisMade.get(definition) ?? processApi(definition)
  apisMade.set(definition, api)
  return api
}

/** The typed schema of everything that the definitions say. Forms are validated by the door, which every caller passes. */
export function schemaOf(processes: Processes): GraphQLSchema {
  const definitions = [...processes.current.values()].map(({ definition }) => definition)
  definitions.forEach(prepareTypes)
  const apis = definitions.map(apiOf)
  const schema = buildSchemaSync({
    resolvers: [
      SessionResolver,
      AdministrationResolver,
      TaskResolver,
      BatchResolver,
      BesideResolver,
      CalendarResolver,
      ProxyResolver,
      SensitiveAccessResolver,
      WorkResolver,
      CustomerWorkResolver,
      ProcessCatalogueResolver,
      CaseResolver,
      AuditTrailResolver,
      PeopleResolver,
      ComplaintReportsResolver,
      LogResolver,
      ProcessInsightResolver,
      NodeResolver,
      EventResolver,
      EndpointResolver,
      DeliveryResolver,
      NoticePreferencesResolver,
      ErasureResolver,
      ExportResolver,
      VerificationResolver,
      ...apis.map(({ resolver }) => resolver),
    ] as never,
    orphanedTypes: apis.map(({ caseType }) => caseType),
    pubSub: noTopics,
    validate: false,
    nullableByDefault: false,
    // That check is a whole introspection; the rules of a schema are looked at below.
    skipCheck: true,
  })
  assertValidSchema(schema)
  return schema
}

/** type-graphql asks for one. Nothing is published past the history: every subscription reads the event log. */
const noTopic = (): never => {
  throw new Error('subscriptions read the event log; there are no topics')
}
const noTopics = { publish: noTopic, subscribe: noTopic }

/** The schema as committed: sorted, so that a new process only adds lines. */
export const printed = (schema: GraphQLSchema): string =>
  `# Printed from the definitions by "npm run schema"; do not edit.\n\n${printSchema(lexicographicSortSchema(schema))}\n`
