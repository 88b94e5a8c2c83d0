package io.waybill.bench;

import java.lang.management.ManagementFactory;
import java.util.List;

/** A thing measured: reads a topic and sends what it finds; started and stopped many times. */
interface Subject {
  /** Begins to read; returns at once. */
  void start();

  /** Reads no more, lets what is under way end, commits and returns. */
  void stop();

  /** The child's duty for a subject, after which the process is warm for the next start. */
  static String obey(Subject subject, List<String> order) {
    switch (order.getFirst()) {
      case "start" -> subject.start();
      case "stop" -> subject.stop();
      case "compiled" -> {
        return compiled();
      }
      case "heap" -> {
        return Long.toString(Memory.heapAfterCollection());
      }
      default -> {
        return Orders.unknown(order);
      }
    }
    return "done";
  }

  /** How long this process's compilers have worked so far, in milliseconds. */
  static String compiled() {
    return Long.toString(ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
  }
}
