package io.waybill.wire;

import io.waybill.avro.RequestOptions;
import io.waybill.avro.RequestPayload;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.Payload;
import io.waybill.domain.SealedPayload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.io.Encoder;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads a request field by field as {@code schemas/DeliveryRequest.avsc} has them. The
 * generic writer asks the schema at each field what it is and took more than half of what
 * publishing a request costs; a test holds the two to the same bytes.
 */
final class RequestAvro {
  private static final int NULL = 0;
  private static final int PRESENT = 1;

  private RequestAvro() {}

  static void write(DeliveryRequest request, Scratch scratch) throws IOException {
    Encoder out = scratch.avro();
    if (request.deliveryId().isPresent()) {
      out.writeIndex(PRESENT);
      out.writeInt(Scratch.UUID_LENGTH);
      scratch.uuid(request.deliveryId().get().value());
    } else {
      out.writeIndex(NULL);
    }
    ascii(request.organizationId().value(), scratch);
    destinations(request.destinations(), scratch);
    payload(request.payload(), scratch);
    out.writeIndex(PRESENT);
    options(request.options(), out);
  }

  /** A string of ASCII characters, which ids are by their forms: its length is that in bytes. */
  private static void ascii(String text, Scratch scratch) throws IOException {
    scratch.avro().writeInt(text.length());
    scratch.ascii(text);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7F) {
        return false;
      }
    }
    return true;
  }

  private static void destinations(DestinationSelection selection, Scratch scratch)
      throws IOException {
    Encoder out = scratch.avro();
    if (selection instanceof DestinationSelection.Named named) {
      out.writeIndex(0);
      startArray(named.ids().size(), out);
      for (DestinationId id : named.ids()) {
        out.startItem();
        ascii(id.value(), scratch);
      }
      out.writeArrayEnd();
    } else {
      out.writeIndex(1);
      out.writeString("default");
    }
  }

  private static void payload(Payload payload, Scratch scratch) throws IOException {
    Encoder out = scratch.avro();
    if (isAscii(payload.type())) {
      ascii(payload.type(), scratch);
    } else {
      out.writeString(payload.type());
    }
    if (payload.sealed()) {
      SealedPayload sealed =
          SealedPayload.parse(payload.data())
              .orElseThrow(() ->
                  new IllegalArgumentException("a sealed payload's data must be its JSON form"));
      out.writeBytes(new byte[0]);
      out.writeIndex(NULL);
      out.writeIndex(PRESENT);
      out.writeString(SealedPayload.ALGORITHM);
      out.writeString(sealed.keyId());
      out.writeString(sealed.hmac());
      out.writeBytes(sealed.ciphertext());
    } else {
      out.writeBytes(payload.data().bytes());
      out.writeIndex(PRESENT);
      out.writeBytes(payload.metadata().bytes());
      out.writeIndex(NULL);
    }
  }

  private static void options(DeliveryOptions options, Encoder out) throws IOException {
    out.writeInt(options.priority());
    optional(options.idempotencyKey(), out);
    optional(options.correlationId(), out);
    texts(options.tags(), out);
    time(options.deliverAt(), out);
    time(options.expiresAt(), out);
  }

  private static void texts(List<String> texts, Encoder out) throws IOException {
    startArray(texts.size(), out);
    for (String text : texts) {
      out.startItem();
      out.writeString(text);
    }
    out.writeArrayEnd();
  }

  private static void startArray(int size, Encoder out) throws IOException {
    out.writeArrayStart();
    out.setItemCount(size);
  }

  private static void optional(Optional<String> text, Encoder out) throws IOException {
    out.writeIndex(text.isPresent() ? PRESENT : NULL);
    if (text.isPresent()) {
      out.writeString(text.get());
    }
  }

  private static void time(Optional<Instant> time, Encoder out) throws IOException {
    out.writeIndex(time.isPresent() ? PRESENT : NULL);
    if (time.isPresent()) {
      out.writeLong(time.get().toEpochMilli());
    }
  }

  /**
   * Reads what was written by our schema, as Avro's own reader does, or refuses. See {@link
   * FixedForm}.
   */
  static io.waybill.avro.DeliveryRequest read(AvroInput in) {
    @Nullable String deliveryId = in.isPresent() ? in.text() : null;
    String organization = in.text();
    // The second branch of its union is the text.
    Object destinations = in.isPresent() ? in.text() : in.list(AvroInput::text);
    return new io.waybill.avro.DeliveryRequest(
        deliveryId,
        organization,
        destinations,
        readPayload(in),
        in.isPresent() ? readOptions(in) : null);
  }

  private static RequestPayload readPayload(AvroInput in) {
    return new RequestPayload(
        in.text(),
        ByteBuffer.wrap(in.bytes()),
        in.isPresent() ? ByteBuffer.wrap(in.bytes()) : null,
        in.isPresent()
            ? new io.waybill.avro.SealedPayload(
                in.text(), in.text(), in.text(), ByteBuffer.wrap(in.bytes()))
            : null);
  }

  private static RequestOptions readOptions(AvroInput in) {
    return new RequestOptions(
        in.count(),
        in.isPresent() ? in.text() : null,
        in.isPresent() ? in.text() : null,
        in.list(AvroInput::text),
        in.isPresent() ? in.time() : null,
        in.isPresent() ? in.time() : null);
  }
}
