package io.waybill.channel.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentTooLongException;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer and throws its body away, so that the connection can be used again; the body of a
 * refusal is kept for as long as the attempt lives where somebody asked for it. A body that does
 * not end breaks the connection; the head has decided by then.
 */
final class AnswerConsumer implements AsyncResponseConsumer<AnswerHead> {

  /** As much of a body as is worth reading to save a connection. */
  static final int MAX_BODY = 64 * 1024;

  private static final int MAX_INTERIM_ANSWERS = 16;

  private final Consumer<AnswerHead> onHead;
  private final AtomicInteger interimAnswers = new AtomicInteger();
  private volatile @Nullable AnswerHead head;
  private volatile @Nullable FutureCallback<AnswerHead> whole;
  private final Optional<ByteArrayOutputStream> refusal;
  private long bodyBytes;

  /**
   * A consumer for one answer.
   *
   * @param keepsRefusal whether the body of an answer that is no success is kept
   * @param onHead hears the head as soon as it is there, on an I/O thread
   */
  AnswerConsumer(boolean keepsRefusal, Consumer<AnswerHead> onHead) {
    this.refusal = keepsRefusal ? Optional.of(new ByteArrayOutputStream(256)) : Optional.empty();
    this.onHead = onHead;
  }

  /** Whether the receiver said something that was not yet an answer (1xx). */
  boolean sawInterimAnswer() {
    return interimAnswers.get() > 0;
  }

  /** What has been read of a refusal's body, where it is kept and was not compressed. */
  Optional<byte[]> refusal() {
    // Its own methods are synchronized: I/O thread and deadline may meet here.
    return refusal.map(ByteArrayOutputStream::toByteArray);
  }

  @Override
  public void informationResponse(HttpResponse response, HttpContext context)
      throws ProtocolException {
    if (interimAnswers.incrementAndGet() > MAX_INTERIM_ANSWERS) {
      throw new ProtocolException("interim answers do not end");
    }
  }

  @Override
  public void consumeResponse(
      HttpResponse response,
      @Nullable EntityDetails entity,
      HttpContext context,
      FutureCallback<AnswerHead> callback)
      throws ProtocolException {
    AnswerHead received = AnswerHead.of(response);
    head = received;
    whole = callback;
    onHead.accept(received);
    if (response.containsHeader(HttpHeaders.TRANSFER_ENCODING)
        && response.containsHeader(HttpHeaders.CONTENT_LENGTH)) {
      // RFC 9112, 6.3: where it ends is in doubt, and so is where the next answer would begin. The
      // status stands; the connection is not used again.
      throw new ProtocolException("the answer says twice how long it is");
    }
    if (entity == null) {
      callback.completed(received);
    }
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    // All of it: the limit is kept by counting, and a window that ran out would just hang.
    channel.update(Integer.MAX_VALUE);
  }

  @Override
  public void consume(ByteBuffer source) throws ContentTooLongException {
    bodyBytes += source.remaining();
    AnswerHead received = head;
    if (refusal.isPresent() && received != null && received.isReadableRefusal()) {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      int room = MAX_BODY - refusal.get().size();
      refusal.get().write(bytes, 0, Math.min(bytes.length, room));
    }
    source.position(source.limit());
    if (bodyBytes > MAX_BODY) {
      throw new ContentTooLongException("the answer is longer than is read");
    }
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) {
    FutureCallback<AnswerHead> callback = whole;
    AnswerHead received = head;
    if (callback != null && received != null) {
      callback.completed(received);
    }
  }

  @Override
  public void failed(Exception cause) {
    // The exchange hears it through the client's callback.
  }

  @Override
  public void releaseResources() {
    // Nothing is held.
  }
}
