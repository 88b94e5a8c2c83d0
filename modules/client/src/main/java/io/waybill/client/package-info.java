/**
 * What other services link. A receiver of webhooks finds here how to know that a request is
 * Waybill's and new: {@link io.waybill.client.WebhookVerifier} and {@link
 * io.waybill.client.WebhookDeduplicator}. Needs no Kafka and runs on Java 17.
 */
@NullMarked
package io.waybill.client;

import org.jspecify.annotations.NullMarked;
