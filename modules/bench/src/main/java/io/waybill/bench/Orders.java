package io.waybill.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The child's end of {@link Child}. */
final class Orders {
  static final String FAILED = "failed";

  /** Before each answer: a JVM may print something of its own, and that is none. */
  static final String ANSWER = "answer: ";

  private Orders() {}

  /** What a child can be told. */
  interface Duty {
    /** Does it and gives the answer, one line. */
    String obey(List<String> order) throws Exception;
  }

  /**
   * Says that the child is ready, then serves until standard input ends.
   *
   * @param ready the line that {@link Child#awaitReady} waits for
   */
  static void serve(String ready, Duty duty) throws IOException {
    System.out.println(ANSWER + ready);
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line;
    while ((line = orders.readLine()) != null) {
      System.out.println(ANSWER + answer(duty, List.of(line.split(" "))));
    }
  }

  private static String answer(Duty duty, List<String> order) {
    try {
      return duty.obey(order);
    } catch (Exception e) {
      e.printStackTrace();
      return FAILED + " " + e.toString().replace('\n', ' ');
    }
  }

  /** For an order that a child does not know: the two ends are of different minds. */
  static String unknown(List<String> order) {
    return FAILED + ": unknown order " + order;
  }
}
