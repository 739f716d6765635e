CREATE INDEX intents_by_time ON intents (at);
