package io.waybill.timer;

import io.waybill.domain.DestinationType;

/** The names of one type's nodes and stores. Changelog topics are named after the stores. */
record TimerNodes(DestinationType type) {
  String source() {
    return "retry-" + type.word();
  }

  String processor() {
    return "timer-" + type.word();
  }

  String parkedStore() {
    return "parked-" + type.word();
  }

  String indexStore() {
    return "parked-index-" + type.word();
  }

  String tasksSink(boolean express) {
    return (express ? "express-" : "tasks-") + type.word();
  }

  /** One per type: a shared sink would join all types to one sub-topology. */
  String deadLettersSink() {
    return "dead-letters-" + type.word();
  }
}
