package io.waybill.app;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One bound on the memory of all stores of the process. Left alone, each store of each partition
 * takes up to 100 MB outside the heap, and an installation of 12 partitions has more than a
 * hundred.
 *
 * <p>Kafka Streams makes an instance per store; what they share lives as long as the process. As in
 * Kafka's documentation, "Streams memory management: RocksDB".
 */
public final class BoundedRocksDb implements RocksDBConfigSetter {
  private static final long TOTAL_BYTES = 128L * 1024 * 1024;
  private static final long WRITE_BUFFER_BYTES = 64L * 1024 * 1024;
  private static final long ONE_WRITE_BUFFER_BYTES = 4L * 1024 * 1024;

  /** Share of the cache that indexes and filters cannot be pushed out of. */
  private static final double INDEX_SHARE = 0.1;

  static {
    // The class is looked at when the settings are read, before Streams has loaded the library.
    RocksDB.loadLibrary();
  }

  private static final Cache CACHE = new LRUCache(TOTAL_BYTES, -1, false, INDEX_SHARE);
  private static final WriteBufferManager WRITE_BUFFERS =
      new WriteBufferManager(WRITE_BUFFER_BYTES, CACHE);

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(CACHE);
    table.setCacheIndexAndFilterBlocks(true);
    table.setCacheIndexAndFilterBlocksWithHighPriority(true);
    table.setPinTopLevelIndexAndFilter(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(WRITE_BUFFERS);
    options.setWriteBufferSize(ONE_WRITE_BUFFER_BYTES);
    options.setMaxWriteBufferNumber(2);
  }

  /** Nothing is the store's own: the shared cache outlives it. */
  @Override
  public void close(String storeName, Options options) {}
}
