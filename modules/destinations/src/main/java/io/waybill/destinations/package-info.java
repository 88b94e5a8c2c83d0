/**
 * The destinations topology: decides every wish about a destination and is the only writer of
 * {@code waybill.destinations} and {@code waybill.destination-secrets}. A compacted topic has no
 * compare-and-set, so versions, unique labels and the quota are checked here, where one stream task
 * owns all destinations of an organization.
 *
 * <p>What is decided is pure ({@code DestinationDecisions}); the processors only read state, apply
 * decisions and write records. Credentials pass through sealed: no key is known here.
 */
@NullMarked
package io.waybill.destinations;

import org.jspecify.annotations.NullMarked;
