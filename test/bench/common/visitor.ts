/** Who signs in, everywhere the same. */
export const visitor = { id: '1', name: 'Ada', email: 'ada@app.example', role: 'admin' }
