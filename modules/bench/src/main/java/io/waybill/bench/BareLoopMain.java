package io.waybill.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** {@link BareLoop} as a process of the benchmark. */
final class BareLoopMain {
  private BareLoopMain() {}

  /** {@code args}: bootstrap servers, topic, sends in flight, then the destinations' ports. */
  public static void main(String[] args) throws IOException {
    List<Integer> ports = Arrays.stream(args).skip(3).map(Integer::valueOf).toList();
    BareLoop loop = new BareLoop(args[0], args[1], ports, Integer.parseInt(args[2]));
    Orders.serve("ready", order -> Subject.obey(loop, order));
    System.exit(0);
  }
}
