import { answer } from '../../careless'

export default defineEventHandler(event => answer(event))
