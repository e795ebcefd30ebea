/** The user who signs in, the same in every app. */
export const visitor = { id: '1', name: 'Ada', email: 'ada@app.example', role: 'admin' }
