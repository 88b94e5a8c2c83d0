/**
 * What a channel is: the code that sends one destination type. A channel knows no Kafka; it gets
 * one attempt and answers with one outcome. Its contract is a test suite that every channel passes.
 */
@NullMarked
package io.waybill.channel;

import org.jspecify.annotations.NullMarked;
