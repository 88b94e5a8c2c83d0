package io.waybill.wire;

import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.FieldError;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/**
 * One kind of record that Waybill writes to topics.
 *
 * @param schema today's
 * @param values in which each field of the schema is used, and each that may be left out is
 */
record GoldenKind<T>(Schema schema, Function<Codecs, Codec<T>> codec, List<T> values) {

  /** All there are: a codec that is not here has no golden records. */
  static List<GoldenKind<?>> all() {
    return List.of(
        of(
            io.waybill.avro.DeliveryRequest.getClassSchema(),
            codecs -> new OfRequests(codecs.requests()),
            GoldenSamples.requests()),
        of(io.waybill.avro.Task.getClassSchema(), Codecs::tasks, GoldenSamples.tasks()),
        of(
            io.waybill.avro.ParkedTask.getClassSchema(),
            Codecs::parkedTasks,
            GoldenSamples.parkedTasks()),
        of(io.waybill.avro.DeliveryEvent.getClassSchema(), Codecs::events, GoldenSamples.events()),
        of(
            io.waybill.avro.DeliveryCommand.getClassSchema(),
            Codecs::commands,
            GoldenSamples.commands()),
        of(
            io.waybill.avro.DeliveryStatus.getClassSchema(),
            Codecs::statuses,
            GoldenSamples.statuses()),
        of(
            io.waybill.avro.Destination.getClassSchema(),
            Codecs::destinations,
            GoldenDestinations.destinations()),
        of(
            io.waybill.avro.DestinationSecrets.getClassSchema(),
            Codecs::destinationSecrets,
            GoldenDestinations.secrets()),
        of(
            io.waybill.avro.DestinationCommand.getClassSchema(),
            Codecs::destinationCommands,
            GoldenDestinations.commands()),
        of(
            io.waybill.avro.DestinationResult.getClassSchema(),
            Codecs::destinationResults,
            GoldenDestinations.results()),
        of(
            io.waybill.avro.DestinationHealth.getClassSchema(),
            Codecs::health,
            GoldenSamples.health()),
        of(
            io.waybill.avro.DeadLetter.getClassSchema(),
            Codecs::deadLetters,
            GoldenSamples.deadLetters()),
        of(io.waybill.avro.Control.getClassSchema(), Codecs::controls, GoldenSamples.controls()),
        of(
            io.waybill.avro.ControlCommand.getClassSchema(),
            Codecs::controlCommands,
            GoldenSamples.controlCommands()),
        of(io.waybill.avro.AuditRecord.getClassSchema(), Codecs::audits, GoldenSamples.audits()),
        of(io.waybill.avro.Alert.getClassSchema(), Codecs::alerts, GoldenSamples.alerts()),
        of(
            io.waybill.avro.HealthSignal.getClassSchema(),
            Codecs::healthSignals,
            GoldenDestinations.signals()));
  }

  private static <T> GoldenKind<T> of(
      Schema schema, Function<Codecs, Codec<T>> codec, List<? extends T> values) {
    return new GoldenKind<>(schema, codec, List.copyOf(values));
  }

  String name() {
    return schema.getName();
  }

  /** The values in Avro, without what stands before it in a record. */
  List<byte[]> bodies() {
    Codecs codecs = new Codecs(new InMemorySchemaRegistry());
    return values.stream()
        .map(value -> Frames.body(codec.apply(codecs).encode("golden", value)))
        .toList();
  }

  /** Reads bodies that were written by one schema. */
  interface Reader<T> {
    T decode(byte[] body) throws UndecodableException;
  }

  Reader<T> reader(Schema writer) {
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    int id = registry.register("golden-value", writer.toString());
    Codec<T> reading = codec.apply(new Codecs(registry));
    return body -> reading.decode(Frames.of(id, body));
  }

  /** What is read from a body that was written by the given schema. */
  T decode(Schema writer, byte[] body) throws UndecodableException {
    return reader(writer).decode(body);
  }

  @Override
  public String toString() {
    return name();
  }

  /** The requests' codec, whose bad input is a value, in the shape of the others. */
  private record OfRequests(RequestCodec requests) implements Codec<DeliveryRequest> {
    @Override
    public void prepare(String topic) {
      // Registered with the first value.
    }

    @Override
    public byte[] encode(String topic, DeliveryRequest value) {
      return requests.encode(topic, value);
    }

    @Override
    public DeliveryRequest decode(byte[] bytes) throws UndecodableException {
      return switch (requests.decode(bytes)) {
        case DecodedRequest.Valid valid -> valid.request();
        case DecodedRequest.Invalid invalid ->
            throw new UndecodableException(
                invalid.reason(),
                invalid.errors().stream()
                    .map(FieldError::toString)
                    .collect(Collectors.joining("; ")));
      };
    }
  }
}
