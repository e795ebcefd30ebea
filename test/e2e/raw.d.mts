export interface RawAnswer { status: number, head: string, body: string }

export function sendRawTo(origin: string, target: string, request?: { method?: string, headers?: Record<string, string> }): Promise<RawAnswer>
