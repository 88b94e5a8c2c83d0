package io.waybill.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** {@link Receiver} as a process of the benchmark. */
final class ReceiverMain {
  private ReceiverMain() {}

  /**
   * {@code args}: number of destinations, and for TLS the key store to show. Ready line: their
   * ports.
   */
  public static void main(String[] args) throws IOException {
    Receiver receiver =
        new Receiver(
            Integer.parseInt(args[0]),
            args.length > 1
                ? TlsLink.factory(Certificates.showing(Path.of(args[1])))
                : PlainLink::new);
    Thread.ofPlatform()
        .daemon()
        .name("receiver")
        .start(() -> {
          try {
            receiver.serve();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    Orders.serve(
        receiver.ports().stream().map(Object::toString).collect(Collectors.joining(" ")),
        order -> obey(receiver, order));
  }

  private static String obey(Receiver receiver, List<String> order) {
    switch (order.getFirst()) {
      case "received" -> {
        return Long.toString(receiver.received());
      }
      case "received-of-each" -> {
        return receiver.receivedOfEach().stream()
            .map(Object::toString)
            .collect(Collectors.joining(" "));
      }
      case "connections" -> {
        return receiver.run(() -> Integer.toString(receiver.connections()));
      }
      case "delay" -> receiver.delay(1_000_000 * Long.parseLong(order.get(1)));
      case "hang" -> receiver.hang(Integer.parseInt(order.get(1)));
      case "refuse-first" -> receiver.refuseFirst(Boolean.parseBoolean(order.get(1)));
      case "refuse" -> receiver.refuse(Integer.parseInt(order.get(1)));
      case "open" -> {
        return receiver.run(() -> Integer.toString(receiver.open()));
      }
      case "count" -> receiver.count(Integer.parseInt(order.get(1)));
      case "beats" -> {
        return receiver.run(() -> receiver.beats().toString());
      }
      case "record" ->
          receiver.record(
              new Latencies(
                  Long.parseLong(order.get(1)),
                  Long.parseLong(order.get(2)),
                  Integer.parseInt(order.get(3))));
      case "recorded" -> {
        return receiver.run(() -> Integer.toString(receiver.latencies().count()));
      }
      case "percentiles" -> {
        int expected = Integer.parseInt(order.get(1));
        long missing = Long.parseLong(order.get(2));
        return receiver.run(() ->
            receiver.latencies().percentile(50, expected, missing)
                + " "
                + receiver.latencies().percentile(99, expected, missing)
                + " "
                + receiver.latencies().percentile(100, expected, missing));
      }
      default -> {
        return Orders.unknown(order);
      }
    }
    return "done";
  }
}
