import GraphIR
import Kernels
import Tensors

/// The memory of one run of a program for some images: feature maps, and tensors of the whole batch.
///
/// Used by one run at a time; within it, threads write different rows or channels.
final class Frame: @unchecked Sendable {
  /// How many images there is room for.
  let capacity: Int

  /// What this run has made of the whole batch, by value: tensors nearly always.
  var values: [ValueID: RuntimeValue] = [:]

  /// The masks of this run, and the first of them that is in the batch.
  var masked: MaskedImages?
  var firstImage = 0

  /// The maps of another program's run of the same images that this one reads.
  var kept: Frame?

  private let layouts: [RowLayout]
  private let capacities: [Int]
  /// For each map the place in `pointers` of row 0 of image 0, and the entries from one image to the next.
  private let tables: [(start: Int, stride: Int)]
  private let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<Float>>
  private let storage: [FloatStorage]

  /// Room for one image as the caller gives it, kept from run to run.
  private(set) lazy var image = FloatStorage(count: imageCount)
  private let imageCount: Int

  /// Whether maps within a stream have room for the rows that are needed at a time alone.
  let hasRings: Bool

  /// For each map the rows that there is room for, and the floats of a row of its root.
  private let heights: [Int]
  private let rowCounts: [Int]

  /// - Parameters:
  ///   - hasRings: whether streams run as such.
  ///   - keepsMaps: whether no map takes another's place, so that all can be read afterwards.
  /// - Throws: where the maps need more than `memoryLimit` bytes.
  init(
    _ program: Program, capacity: Int, hasRings: Bool, keepsMaps: Bool = false, memoryLimit: Int
  ) throws(ExecutionError) {
    self.capacity = capacity
    self.hasRings = hasRings
    let maps = program.maps
    layouts = maps.map(\.layout)
    let heights = maps.map { map in
      min(map.layout.height, hasRings ? program.ringRows[map.root] ?? map.layout.height : map.layout.height)
    }
    self.heights = heights
    rowCounts = maps.map { maps[$0.root.index].layout.rowCount }
    let capacities = program.uses.images.map { min($0 ?? capacity, capacity) }
    self.capacities = capacities

    let slots = SlotPlan(program, capacities: capacities, heights: heights, keepsMaps: keepsMaps)
    let widestRow = layouts.map(\.rowCount).max() ?? 0
    guard let count = slots.totalCount(and: widestRow), count <= memoryLimit / 4 else {
      throw ExecutionError(
        .resourceLimit, "the feature maps of \(capacity) images take more than the \(memoryLimit) bytes allowed")
    }
    imageCount = program.network.imageShape.count
    // Margins are zero from the start and never written.
    let zeros = FloatStorage(zeros: widestRow)
    let slotStorage = slots.counts.map { FloatStorage(zeros: $0) }
    storage = slotStorage + [zeros]

    var tables: [(start: Int, stride: Int)] = []
    var entryCount = 0
    for (map, images) in zip(maps, capacities) {
      let stride = map.margins.top + map.layout.height + map.margins.bottom
      tables.append((entryCount + map.margins.top, stride))
      entryCount += stride * images
    }
    self.tables = tables
    pointers = .allocate(capacity: entryCount)
    for (index, map) in maps.enumerated() {
      let layout = map.layout
      let rootLayout = maps[map.root.index].layout
      let start = slotStorage[slots.slotOfRoot[map.root.index]!].start
      let blockOffset = map.firstChannel / layout.lanes * layout.blockStride + layout.left * layout.lanes
      for image in 0..<capacities[index] {
        let table = pointers.baseAddress! + tables[index].start + image * tables[index].stride
        for row in -map.margins.top..<layout.height + map.margins.bottom {
          let pointer =
            row >= 0 && row < layout.height
            ? start + (image * heights[index] + row % heights[index]) * rootLayout.rowCount + blockOffset
            : zeros.start + layout.left * layout.lanes
          (table + row).initialize(to: pointer)
        }
      }
    }
  }

  deinit { pointers.deallocate() }

  /// A map of one image of the batch.
  func map(_ map: MapID, _ image: Int) -> FeatureMap {
    let table = tables[map.index]
    let row = table.start + image % capacities[map.index] * table.stride
    return FeatureMap(rows: RowTable(pointers.baseAddress! + row), layout: layouts[map.index])
  }

  /// The floats from an image of a map to the next.
  func imageStride(of map: MapID) -> Int { heights[map.index] * rowCounts[map.index] }

  func layout(of map: MapID) -> RowLayout { layouts[map.index] }
}

/// Which maps take turns in the same memory: those of the same extents and margins whose lifetimes do not meet, so that
/// margins once zero stay so.
private struct SlotPlan {
  /// The floats of each slot.
  private(set) var counts: [Int] = []
  private(set) var slotOfRoot: [Int: Int] = [:]

  private struct Geometry: Hashable {
    let layout: RowLayout
    let margins: Margins
    let images: Int
    let rows: Int
  }

  init(_ program: Program, capacities: [Int], heights: [Int], keepsMaps: Bool) {
    var freeFrom: [Geometry: [(slot: Int, step: Int)]] = [:]
    let roots = program.maps.indices.filter { program.uses.lifetimes[$0] != nil }
      .sorted { program.uses.lifetimes[$0]!.lowerBound < program.uses.lifetimes[$1]!.lowerBound }
    for root in roots {
      let map = program.maps[root]
      let lifetime = program.uses.lifetimes[root]!
      let geometry = Geometry(
        layout: map.layout, margins: map.margins, images: capacities[root], rows: heights[root])
      var slots = freeFrom[geometry] ?? []
      if !keepsMaps, let index = slots.firstIndex(where: { $0.step < lifetime.lowerBound }) {
        slotOfRoot[root] = slots[index].slot
        slots[index].step = lifetime.upperBound
      } else {
        slotOfRoot[root] = counts.count
        slots.append((counts.count, lifetime.upperBound))
        let (rows, overflow) = heights[root].multipliedReportingOverflow(by: capacities[root])
        let (count, tooMany) = rows.multipliedReportingOverflow(by: map.layout.rowCount)
        counts.append(overflow || tooMany ? .max : count)
      }
      freeFrom[geometry] = slots
    }
  }

  /// The floats of all slots and some more; nil where they cannot be counted.
  func totalCount(and more: Int) -> Int? {
    var total = more
    for count in counts {
      let (sum, overflow) = total.addingReportingOverflow(count)
      guard !overflow else { return nil }
      total = sum
    }
    return total
  }
}

/// Frames that wait for their next run.
final class FramePool: @unchecked Sendable {
  private var idle: [Frame] = []
  private let lock = SystemLock()

  /// A frame with room for some images.
  func take(_ program: Program, images: Int, hasRings: Bool) throws(ExecutionError) -> Frame {
    let reused = lock.withLock { () -> Frame? in
      guard let index = idle.firstIndex(where: { $0.capacity >= images && $0.hasRings == hasRings }) else {
        return nil
      }
      return idle.remove(at: index)
    }
    if let reused { return reused }
    return try Frame(
      program, capacity: images, hasRings: hasRings, memoryLimit: program.network.session.memoryLimit)
  }

  func giveBack(_ frame: Frame) {
    frame.values = [:]
    frame.masked = nil
    frame.kept = nil
    lock.withLock {
      // Smaller ones are not kept: what comes next mostly needs no less.
      idle.removeAll { $0.capacity < frame.capacity || $0.hasRings != frame.hasRings }
      idle.append(frame)
    }
  }
}
