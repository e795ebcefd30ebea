export default defineNuxtConfig({ extends: ['../../common'] })
