package io.waybill.client;

import java.time.Instant;

/**
 * What a verified request says of itself.
 *
 * @param id the same on every attempt: give it to a {@link WebhookDeduplicator}. Signed by Standard
 *     Webhooks; <b>not signed by the scheme {@code headers}</b>, whose signature covers time and
 *     body only: whoever can repeat such a request within {@link WebhookVerifier#TOLERANCE} can
 *     give it another id, and a deduplicator takes it for a new one. Where that matters, use
 *     Standard Webhooks, or recognise repeats by something in the body
 * @param timestamp the time of the attempt, signed by both
 */
public record VerifiedWebhook(String id, Instant timestamp) {}
