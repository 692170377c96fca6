/** What a history is handed out as: the type of the file for HTTP, and the end of its name. */
export const exportFormats = {
  JSONL: { mediaType: 'application/x-ndjson; charset=utf-8', extension: 'jsonl' },
  CSV: { mediaType: 'text/csv; charset=utf-8; header=present', extension: 'csv' },
  /** IEEE 1849-2016. */
  XES: { mediaType: 'application/xml; charset=utf-8', extension: 'xes' },
  /** OCEL 2.0, JSON. */
  OCEL: { mediaType: 'application/json; charset=utf-8', extension: 'ocel.json' },
  /** 审计包: one case, one customer or one period, with what is needed to check it elsewhere. */
  BUNDLE: { mediaType: 'application/x-ndjson; charset=utf-8', extension: 'bundle.jsonl' },
} as const
export type ExportFormat = keyof typeof exportFormats
