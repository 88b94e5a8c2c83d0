/**
 * Everything outside Waybill that a first run needs, in this process: the real Kafka broker and a
 * small schema registry, both on loopback, both keeping what they hold in one folder.
 *
 * <p>Kafka's server classes are internal API; they are touched in {@link
 * io.waybill.embedded.EmbeddedBroker} and the package-private classes beside it, nowhere else.
 * Nothing here knows Waybill's topics. Meant for development and tests: one node, no replica, no
 * authentication.
 */
@NullMarked
package io.waybill.embedded;

import org.jspecify.annotations.NullMarked;
