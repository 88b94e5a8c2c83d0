package io.waybill.bench;

import java.io.IOException;

/** {@link BareLoop} as a process of the benchmark. */
final class BareLoopMain {
  private BareLoopMain() {}

  /** {@code args}: bootstrap servers, sends in flight, then the {@link Targets}. */
  public static void main(String[] args) throws IOException {
    BareLoop loop = new BareLoop(args[0], Targets.of(args, 2), Integer.parseInt(args[1]));
    Orders.serve("ready", order -> Subject.obey(loop, order));
    System.exit(0);
  }
}
