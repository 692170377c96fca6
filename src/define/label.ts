/** What people read, in both languages: `['部门经理审批', 'Manager review']`. */
export type Label = readonly [zh: string, en: string]

export type Language = 'zh-CN' | 'en'

/** The text of a label in one language. */
export const inLanguage = (label: Label, language: Language): string => label[language === 'en' ? 1 : 0]
