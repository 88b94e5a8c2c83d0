package io.waybill.channel.contract;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Answers that come to no end, until whoever reads them hangs up or the test is over. */
public final class Flood {
  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch dammed = new CountDownLatch(1);
  private final AtomicLong poured = new AtomicLong();
  private volatile boolean begun;

  /** Writes the piece again and again. Returns when the test is over. */
  public void pour(OutputStream out, String piece, Duration pause) throws IOException {
    begun = true;
    byte[] bytes = piece.getBytes(StandardCharsets.ISO_8859_1);
    try {
      while (!over.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        out.write(bytes);
        out.flush();
        poured.addAndGet(bytes.length);
      }
    } catch (IOException e) {
      dammed.countDown();
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the reader has hung up. Whoever was too slow to come has nothing to hang up. */
  boolean isDammedWithin(Duration time) throws InterruptedException {
    return !begun || dammed.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  long poured() {
    return poured.get();
  }

  void end() {
    over.countDown();
  }
}
