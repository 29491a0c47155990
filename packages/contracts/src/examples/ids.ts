/** Ids that the examples share, so that they tell one story. */
export const ids = {
  publisher: 'contoso',
  subscription: '0b2d7c4e-5a31-4f6e-9d18-2c7f3e6a9b40',
  otherSubscription: '6f1a8e93-2d47-4b0c-8e55-91c3d7a2f064',
  operation: '74dfb4db-c193-4891-827d-eb05fbdc64b0',
  change: '3c6e1f58-9b27-4d0a-a8e4-5f7b2d91c036',
  notification: 'd41f6a2c-8e05-4973-b1c6-70a9e3f5d827',
  run: '8a90c3e7-61d2-4f5b-9e38-b4d7025c1f6a',
  destination: 'e5b17d30-4c92-4a68-8f01-c36a9d2e7b54',
  delivery: '19f4c8b6-7e23-4d5a-b0c9-82e6a1d3f570',
  listener: '2f7a90d4-8c15-4e6b-b3d7-60e1c9a4f582',
  customerTenant: 'a7c94e12-3f58-4b6d-8e20-d15b7f60c3a9',
  person: '5d82f0a6-c17e-4943-9b3f-e604a8d27c15',
} as const;
