package io.waybill.client;

import java.time.Instant;

/**
 * What a verified request says of itself.
 *
 * @param id the same on every attempt: give it to a {@link WebhookDeduplicator}
 * @param timestamp the time of the attempt
 */
public record VerifiedWebhook(String id, Instant timestamp) {}
