/**
 * What tests of several modules share: a Kafka to test against, brokers and JVMs that can be
 * killed, a scripted HTTP receiver and a reader of whole topics. Test scope only; nothing that
 * ships may depend on it. It knows Kafka and HTTP but none of Waybill's topics. Everything that is
 * started here is bound to loopback, and ends with the JVM that started it.
 */
@NullMarked
package io.waybill.testkit;

import org.jspecify.annotations.NullMarked;
