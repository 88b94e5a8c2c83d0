/**
 * Judges from outside whether an installation kept its promises. It reads what the submitter and
 * the receivers wrote down, and the topics, by plain Kafka and Avro clients; of Waybill it knows
 * the schemas and the names of topics and no code, so that a mistake of that code cannot hide
 * itself here. {@link io.waybill.checker.Checker} is pure; Kafka, registry and files are read
 * around it. See docs/checker.md for what each rule means.
 */
@NullMarked
package io.waybill.checker;

import org.jspecify.annotations.NullMarked;
