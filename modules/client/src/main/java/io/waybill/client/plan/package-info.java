/**
 * What has to be published so that a destination is as it is wished for: its credentials sealed,
 * its signing keys made, kept or rotated. What a retry means, what the audit trail says when a
 * command was refused, and what it is told when somebody names another organization's thing. Shared
 * by the SDK and the command line, which say the same of the same; not meant for others, who call
 * {@code WaybillClient}. Pure: no Kafka, no clock, no registry.
 */
@NullMarked
package io.waybill.client.plan;

import org.jspecify.annotations.NullMarked;
